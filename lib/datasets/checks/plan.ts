import { type Check } from '@/lib/pipeline';
import { type BoundValue } from '../duckdb/protocol';
import { type Column, type TableRef } from '../table-ref';

/** A table that a check can see, by name. */
export type NamedTable = { name: string; table: TableRef };

/** What a check's query gave: the first row, its values in order. */
export type Measured = unknown[];

export type Finding = { passed: boolean; observed: Record<string, unknown>; message: string };

/** How a check is decided: at once from the schema and row count, or by a query of one row and a judgement of it. */
export type CheckPlan =
  | { by: 'facts'; finding: Finding }
  | { by: 'query'; sql: string; values: BoundValue[]; judge(row: Measured): Finding }
  /** a query that a person wrote; its rows are the violations */
  | { by: 'rows'; sql: string; judge(rows: number, more: boolean): Finding }
  /** it cannot run, which counts as failed */
  | { by: 'nothing'; message: string };

const EXAMPLES = 5;

/**
 * planCheck decides how a check on a table is found out.
 * @param tables every table that the check may name
 * @param now domain time, for freshness
 */
export function planCheck(check: Check, tested: NamedTable, tables: NamedTable[], now: Date): CheckPlan {
  const name = quoteName(tested.name);
  const { schema, rowCount } = tested.table;
  const column = (wanted: string): Column | undefined => schema.find((each) => each.name === wanted) ?? schema.find((each) => each.name.toLowerCase() === wanted.toLowerCase());
  const missing = (wanted: string[]): CheckPlan | null => {
    const gone = wanted.find((each) => !column(each));
    if (gone === undefined) return null;
    return { by: 'nothing', message: `Table ${tested.name} has no column "${gone}", so the check could not run. Its columns are ${list(schema.map((each) => each.name))}.` };
  };
  const one = (wanted: string): string => quoteName(column(wanted)?.name ?? wanted);

  switch (check.type) {
    case 'schema':
      return { by: 'facts', finding: judgeSchema(check, tested) };
    case 'row_count': {
      const low = check.min !== undefined && rowCount < check.min;
      const high = check.max !== undefined && rowCount > check.max;
      const expected = check.min !== undefined && check.max !== undefined ? `${count(check.min)} to ${count(check.max)}` : check.min !== undefined ? `at least ${count(check.min)}` : `at most ${count(check.max ?? 0)}`;
      return { by: 'facts', finding: { passed: !low && !high, observed: { rows: rowCount }, message: `Table ${tested.name} has ${count(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}; expected ${expected}.` } };
    }
    case 'not_null': {
      const columns = columnsOf(check);
      const parts = columns.map((each) => `${one(each)} is null`).join(' or ');
      const allowed = check.maxShare ?? 0;
      return (
        missing(columns) ?? {
          by: 'query',
          sql: `select count(*) filter (where ${parts})::double, count(*)::double from ${name}`,
          values: [],
          judge: ([nulls, rows]) => judgeShare(Number(nulls), Number(rows), allowed, (n, share) => `${list(columns)} ${columns.length > 1 ? 'have' : 'has'} ${n} ${n === '1' ? 'null' : 'nulls'}${share}.`, `${list(columns)} ${columns.length > 1 ? 'have' : 'has'} no nulls.`),
        }
      );
    }
    case 'unique': {
      const columns = columnsOf(check);
      const keys = columns.map(one).join(', ');
      const filled = columns.map((each) => `${one(each)} is not null`).join(' and ');
      return (
        missing(columns) ?? {
          by: 'query',
          sql: `select count(*)::double, coalesce(sum(n - 1), 0)::double, list(shown order by n desc)[1:${EXAMPLES}] from (select count(*) as n, concat_ws(', ', ${columns.map((each) => `${one(each)}::varchar`).join(', ')}) as shown from ${name} where ${filled} group by ${keys} having count(*) > 1)`,
          values: [],
          judge: ([values, extra, examples]) => ({
            passed: Number(values) === 0,
            observed: { duplicatedValues: Number(values), extraRows: Number(extra), examples },
            message: Number(values) === 0 ? `${list(columns)} ${columns.length > 1 ? 'are' : 'is'} unique.` : `${list(columns)} ${columns.length > 1 ? 'are' : 'is'} not unique: ${count(Number(values))} ${Number(values) === 1 ? 'value appears' : 'values appear'} more than once${shown(examples)}.`,
          }),
        }
      );
    }
    case 'range': {
      const own = one(check.column);
      const type = column(check.column)?.type ?? '';
      const values: BoundValue[] = [];
      const bound = (value: number | string): string => {
        values.push(value);
        return typeof value === 'number' ? `$${values.length}` : `cast($${values.length} as ${/^VARCHAR/.test(type) ? 'VARCHAR' : type})`;
      };
      const outside = [...(check.min === undefined ? [] : [`${own} < ${bound(check.min)}`]), ...(check.max === undefined ? [] : [`${own} > ${bound(check.max)}`])].join(' or ');
      const expected = check.min !== undefined && check.max !== undefined ? `between ${check.min} and ${check.max}` : check.min !== undefined ? `at least ${check.min}` : `at most ${check.max ?? ''}`;
      return (
        missing([check.column]) ?? {
          by: 'query',
          sql: `select count(*) filter (where ${outside})::double, count(*)::double, min(${own})::varchar, max(${own})::varchar from ${name}`,
          values,
          judge: ([bad, rows, min, max]) => {
            const finding = judgeShare(Number(bad), Number(rows), check.maxShare ?? 0, (n, share) => `${check.column} is not ${expected} in ${n} ${n === '1' ? 'row' : 'rows'}${share}; its values go from ${text(min)} to ${text(max)}.`, `${check.column} is ${expected} (${text(min)} to ${text(max)}).`);
            return { ...finding, observed: { ...finding.observed, min, max } };
          },
        }
      );
    }
    case 'accepted_values': {
      const own = one(check.column);
      const type = column(check.column)?.type ?? '';
      const numeric = check.values.every((value) => typeof value === 'number') && /INT|DOUBLE|FLOAT|DECIMAL/.test(type);
      const left = numeric ? own : `${own}::varchar`;
      const values = check.values.map((value) => (numeric ? value : String(value)));
      const wrong = `${own} is not null and ${left} not in (${values.map((_, i) => `$${i + 1}`).join(', ')})`;
      return (
        missing([check.column]) ?? {
          by: 'query',
          sql: `select coalesce(sum(n), 0)::double, list(shown order by n desc)[1:${EXAMPLES}] from (select count(*) as n, ${own}::varchar as shown from ${name} where ${wrong} group by 2)`,
          values,
          judge: ([bad, examples]) => ({
            passed: Number(bad) === 0,
            observed: { rows: Number(bad), examples },
            message: Number(bad) === 0 ? `${check.column} has only accepted values.` : `${check.column} has other values than ${list(check.values.slice(0, 8).map(String))} in ${count(Number(bad))} ${Number(bad) === 1 ? 'row' : 'rows'}${shown(examples)}.`,
          }),
        }
      );
    }
    case 'referential': {
      const other = tables.find((each) => each.name === check.references.table);
      if (!other) return { by: 'nothing', message: `There is no table "${check.references.table}" here, so the check could not run. Connect it, or add it to reads.` };
      const key = other.table.schema.find((each) => each.name.toLowerCase() === check.references.column.toLowerCase());
      if (!key) return { by: 'nothing', message: `Table ${other.name} has no column "${check.references.column}", so the check could not run.` };
      const own = one(check.column);
      return (
        missing([check.column]) ?? {
          by: 'query',
          sql: `select coalesce(sum(n), 0)::double, list(shown order by n desc)[1:${EXAMPLES}] from (select count(*) as n, t.${own}::varchar as shown from ${name} t where t.${own} is not null and not exists (select 1 from ${quoteName(other.name)} o where o.${quoteName(key.name)} = t.${own}) group by 2)`,
          values: [],
          judge: ([bad, examples]) => ({
            passed: Number(bad) === 0,
            observed: { rows: Number(bad), examples },
            message: Number(bad) === 0 ? `Every ${check.column} exists in ${other.name}.` : `${count(Number(bad))} ${Number(bad) === 1 ? 'row has' : 'rows have'} a ${check.column} that is not in ${other.name}.${key.name}${shown(examples)}.`,
          }),
        }
      );
    }
    case 'freshness': {
      const own = one(check.column);
      return (
        missing([check.column]) ?? {
          by: 'query',
          sql: `select epoch(max(${own})::timestamp)::double, max(${own})::varchar from ${name}`,
          values: [],
          judge: ([seconds, newest]) => {
            if (seconds === null || seconds === undefined) return { passed: false, observed: { newest: null }, message: `${check.column} has no value, so nothing is fresh.` };
            const age = Math.round(now.getTime() / 1000 - Number(seconds));
            return { passed: age <= check.maxAgeSeconds, observed: { newest, ageSeconds: age }, message: `The newest ${check.column} is ${text(newest)}, ${span(age)} old; expected at most ${span(check.maxAgeSeconds)}.` };
          },
        }
      );
    }
    case 'sql':
      return {
        by: 'rows',
        sql: check.sql,
        judge: (rows, more) => ({
          passed: rows === 0,
          observed: { rows, more },
          message: rows === 0 ? `${check.name ?? 'The query'} finds no wrong rows.` : `${check.name ?? 'The query'} finds ${more ? 'more than ' : ''}${count(rows)} wrong ${rows === 1 && !more ? 'row' : 'rows'}.`,
        }),
      };
  }
}

const columnsOf = (check: { column?: string; columns?: string[] }): string[] => check.columns ?? (check.column === undefined ? [] : [check.column]);

function judgeSchema(check: Extract<Check, { type: 'schema' }>, tested: NamedTable): Finding {
  const found = new Map(tested.table.schema.map((column) => [column.name.toLowerCase(), column]));
  const wrong: string[] = [];
  for (const { name, type } of check.columns) {
    const own = found.get(name.toLowerCase());
    if (!own) wrong.push(`column ${name} is missing`);
    else if (type !== undefined && typeName(type) !== typeName(own.type)) wrong.push(`column ${name} is ${own.type}, not ${typeName(type)}`);
  }
  if (check.exact) {
    const expected = new Set(check.columns.map(({ name }) => name.toLowerCase()));
    for (const { name } of tested.table.schema) if (!expected.has(name.toLowerCase())) wrong.push(`column ${name} is not expected`);
  }
  return {
    passed: wrong.length === 0,
    observed: { columns: tested.table.schema.map(({ name, type }) => ({ name, type })) },
    message: wrong.length === 0 ? `Table ${tested.name} has the expected columns.` : `Table ${tested.name} is not as expected: ${wrong.join(', ')}.`,
  };
}

const ALIASES: Record<string, string> = {
  INT: 'INTEGER', INT4: 'INTEGER', SIGNED: 'INTEGER', INT8: 'BIGINT', LONG: 'BIGINT', INT2: 'SMALLINT', SHORT: 'SMALLINT', INT1: 'TINYINT',
  TEXT: 'VARCHAR', STRING: 'VARCHAR', CHAR: 'VARCHAR', BPCHAR: 'VARCHAR', FLOAT8: 'DOUBLE', NUMBER: 'DOUBLE', REAL: 'FLOAT', FLOAT4: 'FLOAT',
  BOOL: 'BOOLEAN', LOGICAL: 'BOOLEAN', DATETIME: 'TIMESTAMP', TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE', BYTEA: 'BLOB', BINARY: 'BLOB', VARBINARY: 'BLOB', NUMERIC: 'DECIMAL(18,3)', DECIMAL: 'DECIMAL(18,3)',
};

/** typeName writes a type as DuckDB does, so that `int` and INTEGER are one. */
export function typeName(type: string): string {
  const clean = type.trim().toUpperCase().replace(/\s+/g, ' ').replace(/\s*([(),])\s*/g, '$1');
  return ALIASES[clean] ?? clean.replace(/^NUMERIC\(/, 'DECIMAL(');
}

function judgeShare(bad: number, rows: number, allowed: number, wrong: (n: string, share: string) => string, right: string): Finding {
  const share = rows === 0 ? 0 : bad / rows;
  const passed = bad === 0 || (allowed > 0 && share <= allowed);
  const of = ` (${percent(share)} of ${count(rows)}${allowed > 0 ? `; at most ${percent(allowed)}` : ''})`;
  return { passed, observed: { bad, rows, share }, message: bad === 0 ? right : wrong(count(bad), of) };
}

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const list = (names: string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`);
const count = (n: number): string => n.toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toLocaleString('en-US', { maximumSignificantDigits: 3 })} %`;
const text = (value: unknown): string => (value === null || value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value));
const shown = (examples: unknown): string => (Array.isArray(examples) && examples.length > 0 ? ` (${examples.slice(0, 3).map((each) => text(each).slice(0, 60)).join(', ')}${examples.length > 3 ? ', …' : ''})` : '');

/** span says a number of seconds for people. */
function span(seconds: number): string {
  const n = Math.abs(seconds);
  if (n < 120) return `${Math.round(n)} s`;
  if (n < 7200) return `${Math.round(n / 60)} minutes`;
  return n < 172_800 ? `${Math.round(n / 3600)} hours` : `${Math.round(n / 86_400)} days`;
}
