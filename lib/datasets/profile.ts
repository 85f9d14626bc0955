import { askReader } from './duckdb/reader';
import { scanOf } from './preview';
import { type ColumnProfile, type TableProfile } from './schema';
import { type Column, type TableRef } from './table-ref';

/** Rows that histograms and top values are made from, at most. */
const SAMPLE_ROWS = 200_000;
const BINS = 12;
const TOP = 5;
/** Wider tables are profiled in their first columns only. */
const MAX_COLUMNS = 200;

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\b.*)$/;
const TEMPORAL = /^(DATE|TIMESTAMP.*)$/;
const SCALAR = /^(VARCHAR|BOOLEAN|UUID|ENUM\b.*|TIME.*|BLOB|BIT)$/;

/**
 * profileTable looks at every column of a stored table: nulls, about how many different values, least and greatest, a small
 * histogram of numbers and times, the most frequent of other values. Large tables are looked at in an even sample for the
 * last two.
 */
export async function profileTable(table: TableRef): Promise<TableProfile> {
  const columns = table.schema.slice(0, MAX_COLUMNS);
  const scan = await scanOf(table);
  if (scan === null || columns.length === 0) {
    return { rowCount: table.rowCount, sampledRows: 0, columns: columns.map((column) => ({ ...nothing(column), histogram: null, top: null })) };
  }
  const step = table.rowCount > SAMPLE_ROWS ? Math.ceil(table.rowCount / SAMPLE_ROWS) : 1;
  const sample = step === 1 ? scan : `(select * exclude (file_row_number) from ${scan.replace(/\)$/, ', file_row_number = true)')} where (file_row_number // 32) % ${step} = 0)`;
  const facts = await measure(scan, columns);
  const shapes = await shape(sample, columns);
  return {
    rowCount: table.rowCount,
    sampledRows: shapes.rows,
    columns: columns.map((column, i): ColumnProfile => ({ ...(facts[i] ?? nothing(column)), ...(shapes.columns[i] ?? { histogram: null, top: null }) })),
  };
}

type Facts = Omit<ColumnProfile, 'histogram' | 'top'>;
const nothing = (column: Column): Facts => ({ name: column.name, type: column.type, nulls: 0, distinct: 0, min: null, max: null, mean: null });

async function measure(scan: string, columns: Column[]): Promise<Facts[]> {
  const parts = columns.flatMap(({ name, type }) => {
    const own = quoteName(name);
    const ordered = NUMERIC.test(type) || TEMPORAL.test(type) || SCALAR.test(type);
    return [
      `count(*) filter (where ${own} is null)::double`,
      ordered ? `approx_count_distinct(${own})::double` : 'null',
      NUMERIC.test(type) ? `min(${own})::double` : ordered ? `left(min(${own})::varchar, 200)` : 'null',
      NUMERIC.test(type) ? `max(${own})::double` : ordered ? `left(max(${own})::varchar, 200)` : 'null',
      NUMERIC.test(type) ? `avg(${own})::double` : 'null',
    ];
  });
  const { rows } = await askReader(`select ${parts.join(', ')} from ${scan}`);
  const row = rows[0] ?? [];
  return columns.map(({ name, type }, i) => {
    const [nulls, distinct, min, max, mean] = row.slice(i * 5, i * 5 + 5);
    return { name, type, nulls: Number(nulls ?? 0), distinct: Number(distinct ?? 0), min: plain(min), max: plain(max), mean: typeof mean === 'number' ? mean : null };
  });
}

const plain = (value: unknown): string | number | null => (typeof value === 'number' || typeof value === 'string' ? value : null);

type Shape = Pick<ColumnProfile, 'histogram' | 'top'>;

/** shape asks for all histograms and top values in one pass each over the sample. */
async function shape(sample: string, columns: Column[]): Promise<{ rows: number; columns: Shape[] }> {
  const binned = columns.map(({ type }) => NUMERIC.test(type) || TEMPORAL.test(type));
  const number = ({ name, type }: Column) => (TEMPORAL.test(type) ? `epoch(${quoteName(name)}::timestamp)` : `${quoteName(name)}::double`);
  const bounds = columns.map((column, i) => (binned[i] ? `min(${number(column)}) filter (where isfinite(${number(column)})), max(${number(column)}) filter (where isfinite(${number(column)}))` : 'null, null'));
  const found = (await askReader(`select count(*)::double, ${bounds.join(', ')} from ${sample}`)).rows[0] ?? [];
  const parts = columns.map((column, i) => {
    const [low, high] = [found[1 + i * 2], found[2 + i * 2]];
    if (binned[i]) {
      if (typeof low !== 'number' || typeof high !== 'number') return 'null';
      const width = (high - low) / BINS;
      return width > 0 ? `map_entries(histogram(least(${BINS - 1}, floor((${number(column)} - ${low}) / ${width}))::integer) filter (where isfinite(${number(column)})))` : 'null';
    }
    return 'null';
  });
  const row = (await askReader(`select ${parts.join(', ')} from ${sample}`)).rows[0] ?? [];
  const shapes = columns.map((column, i): Shape => {
    const [low, high] = [found[1 + i * 2], found[2 + i * 2]];
    return { histogram: binned[i] && typeof low === 'number' && typeof high === 'number' ? bins(column, row[i], low, high) : null, top: null };
  });
  for (const [i, column] of columns.entries()) {
    if (binned[i] || !SCALAR.test(column.type)) continue;
    const own = quoteName(column.name);
    const { rows } = await askReader(`select left(${own}::varchar, 100), count(*)::double as n from ${sample} where ${own} is not null group by ${own} order by n desc, 1 limit ${TOP}`);
    shapes[i] = { histogram: null, top: rows.map(([value, n]) => ({ value: String(value), count: Number(n) })) };
  }
  return { rows: Number(found[0] ?? 0), columns: shapes };
}

function bins(column: Column, entries: unknown, low: number, high: number): ColumnProfile['histogram'] {
  const edge = (n: number): number | string => (TEMPORAL.test(column.type) ? new Date(n * 1000).toISOString().replace('.000Z', '') : n);
  const width = (high - low) / BINS;
  if (width === 0) return null;
  const counts = new Map<number, number>();
  for (const entry of Array.isArray(entries) ? entries : []) {
    const { key, value } = entry as { key: number; value: number | string };
    counts.set(Number(key), Number(value));
  }
  return Array.from({ length: BINS }, (_, i) => ({ from: edge(low + i * width), to: edge(low + (i + 1) * width), count: counts.get(i) ?? 0 }));
}
