import { evaluateTemplate } from './evaluate';
import { expressionReads } from './reads';
import { ExpressionError, type Scope, type ValueType } from './scope';
import { toJson } from './values';
import { findTemplates, replaceTemplates, type Template } from './templates';

/** A misplaced template, with the text that would be right when there is one. */
export type Placement = { template: Template; message: string; corrected?: string };

type Region = { kind: 'literal' | 'identifier' | 'comment' | 'dollar'; start: number; end: number };

/** regionsOf finds what is not plain SQL: literals, quoted names, comments. Templates are opaque. */
function regionsOf(
  sql: string,
  templates: Template[],
): { regions: Region[]; statements: { start: number; end: number }[] } {
  const regions: Region[] = [];
  const statements: { start: number; end: number }[] = [];
  const templateAt = new Map(templates.map((template) => [template.start, template]));
  let begin = 0;
  let at = 0;
  const skipTo = (kind: Region['kind'], isEnd: (index: number) => number) => {
    const start = at;
    at++;
    while (at < sql.length) {
      const template = templateAt.get(at);
      if (template) {
        at = template.end;
        continue;
      }
      const end = isEnd(at);
      if (end > 0) {
        at = end;
        regions.push({ kind, start, end: at });
        return;
      }
      at++;
    }
    regions.push({ kind, start, end: sql.length });
  };
  while (at < sql.length) {
    const template = templateAt.get(at);
    const char = sql[at];
    const dollar = char === '$' ? /^\$([A-Za-z_]\w*)?\$/.exec(sql.slice(at, at + 66))?.[0] : undefined;
    if (template) at = template.end;
    else if (char === "'") {
      const escapes = /[eE]/.test(sql[at - 1] ?? '') && !/\w/.test(sql[at - 2] ?? '');
      skipTo('literal', (i) => {
        if (escapes && sql[i] === '\\') return 0 * ++at;
        if (sql[i] !== "'") return 0;
        if (sql[i + 1] === "'") return 0 * ++at;
        return i + 1;
      });
    } else if (char === '"')
      skipTo('identifier', (i) => (sql[i] !== '"' ? 0 : sql[i + 1] === '"' ? 0 * ++at : i + 1));
    else if (sql.startsWith('--', at)) skipTo('comment', (i) => (sql[i] === '\n' ? i + 1 : 0));
    else if (sql.startsWith('/*', at)) skipTo('comment', (i) => (sql.startsWith('*/', i) ? i + 2 : 0));
    else if (dollar) {
      const from = at;
      skipTo('dollar', (i) =>
        i >= from + dollar.length && sql.startsWith(dollar, i) ? i + dollar.length : 0,
      );
    } else {
      if (char === ';') {
        statements.push({ start: begin, end: at });
        begin = at + 1;
      }
      at++;
    }
  }
  statements.push({ start: begin, end: sql.length });
  return { regions, statements };
}

/** within finds the region that holds a template. */
const within = (regions: Region[], template: Template) =>
  regions.find((region) => region.start < template.start && template.start < region.end);

/** firstWord of a statement, past its comments. */
function firstWord(sql: string): string {
  const bare = sql.replace(/^(\s+|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  return (/^[A-Za-z]+/.exec(bare)?.[0] ?? '').toLowerCase();
}

/**
 * sqlPlacements finds templates that stand where no value can be bound: inside a literal, a quoted name or a CREATE. In a
 * comment one is left alone.
 */
export function sqlPlacements(sql: string): Placement[] {
  const templates = findTemplates(sql);
  if (templates.length === 0) return [];
  const { regions, statements } = regionsOf(sql, templates);
  const wrong: Placement[] = [];
  for (const template of templates) {
    const shown = sql.slice(template.start, template.end);
    const region = within(regions, template);
    if (region?.kind === 'comment') continue;
    if (region?.kind === 'identifier') {
      wrong.push({
        template,
        message: `${shown} stands inside a quoted name, but a value cannot be the name of a table or column.`,
      });
      continue;
    }
    if (region) {
      const corrected = outsideLiteral(sql, region, templates);
      wrong.push({
        template,
        corrected,
        message: `${shown} stands inside a text literal, where it would not be replaced. Write: ${corrected}`,
      });
      continue;
    }
    const statement = statements.find((each) => each.start <= template.start && template.start < each.end);
    const text = statement ? sql.slice(statement.start, statement.end) : '';
    if (firstWord(text) === 'create') {
      const corrected = outsideCreate(text.trim());
      wrong.push({
        template,
        corrected,
        message: `${shown} stands inside a CREATE, which takes no values. Write: ${corrected}`,
      });
    }
  }
  return wrong;
}

/** outsideLiteral writes 'a {{ x }} b' as ('a ' || {{ x }} || ' b'). */
function outsideLiteral(sql: string, region: Region, templates: Template[]): string {
  const open = region.kind === 'dollar' ? (/^\$\w*\$/.exec(sql.slice(region.start))?.[0] ?? '$$') : "'";
  const inner = { start: region.start + open.length, end: region.end - open.length };
  const pieces: string[] = [];
  let at = inner.start;
  for (const template of templates.filter((each) => each.start >= inner.start && each.end <= inner.end)) {
    if (template.start > at) pieces.push(`${open}${sql.slice(at, template.start)}${open}`);
    pieces.push(sql.slice(template.start, template.end));
    at = template.end;
  }
  if (at < inner.end) pieces.push(`${open}${sql.slice(at, inner.end)}${open}`);
  return pieces.length === 1 ? (pieces[0] ?? '') : `(${pieces.join(' || ')})`;
}

/** outsideCreate writes CREATE TABLE x AS query as a WITH for the statement that uses x. */
function outsideCreate(statement: string): string {
  const match =
    /^create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[\w.]+)\s+as\s+([\s\S]+)$/i.exec(
      statement,
    );
  return match
    ? `with ${match[1]} as (${match[2]?.trim()}) select …`
    : 'the value in the SELECT that uses it, not in the CREATE';
}

/** A value to bind: `name` is its placeholder without the dollar sign. Whole numbers are bigint, dates and times texts. */
export type BoundValue = {
  name: string;
  type: 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN' | 'DATE' | 'TIMESTAMP' | 'JSON' | 'NULL';
  value: bigint | number | string | boolean | null;
};

/**
 * bindSql puts a named placeholder ($penstock_1 …) in place of every template and gives the values to bind. DATE values look
 * like 2001-04-18, TIMESTAMP values like 2001-04-18 06:00:00.000 in UTC. A template in a comment is left as it is.
 * @throws ExpressionError when one is misplaced or cannot be computed.
 */
export function bindSql(sql: string, scope: Scope): { sql: string; values: BoundValue[] } {
  const misplaced = sqlPlacements(sql)[0];
  if (misplaced) throw new ExpressionError(misplaced.message, misplaced.template.expression);
  const templates = findTemplates(sql);
  const { regions } = regionsOf(sql, templates);
  const values: BoundValue[] = [];
  const bound = replaceTemplates(sql, templates, (template) => {
    if (within(regions, template)) return sql.slice(template.start, template.end);
    const name = `penstock_${values.length + 1}`;
    values.push({
      name,
      ...bind(
        evaluateTemplate(template.expression, scope),
        declaredType(template.expression, scope),
        template.expression,
      ),
    });
    return `$${name}`;
  });
  return { sql: bound, values };
}

/** declaredType is the param's type when the expression is nothing but that param. */
function declaredType(expression: string, scope: Scope): ValueType | undefined {
  const [name] = expressionReads(expression).params;
  return name !== undefined && expression === `params.${name}` ? scope.paramTypes?.[name] : undefined;
}

function bind(value: unknown, declared: ValueType | undefined, expression: string): Omit<BoundValue, 'name'> {
  if (value === null || value === undefined) return { type: 'NULL', value: null };
  if (typeof value === 'bigint') {
    if (value > 9_223_372_036_854_775_807n || value < -9_223_372_036_854_775_808n)
      throw new ExpressionError(
        `The expression "${expression}" gave ${value}, which is beyond 64 bits.`,
        expression,
      );
    return { type: 'BIGINT', value };
  }
  if (typeof value === 'number') return { type: 'DOUBLE', value };
  if (typeof value === 'boolean') return { type: 'BOOLEAN', value };
  if (value instanceof Date)
    return { type: 'TIMESTAMP', value: value.toISOString().replace('T', ' ').replace('Z', '') };
  if (typeof value === 'string') return { type: declared === 'date' ? 'DATE' : 'VARCHAR', value };
  return { type: 'JSON', value: JSON.stringify(toJson(value)) };
}
