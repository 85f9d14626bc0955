import type { Column } from '@/lib/datasets';
import { familyOf } from '@/components/datasets/cell';

/** What a quick chart draws: `y` over `x`. */
export type ChartChoice = { kind: 'bar' | 'line'; x: string; y: string };

/** More points than this cannot be told apart in the width of a page. */
export const CHART_POINTS = 500;

/** Numbers that name or place a row and measure nothing. */
const PLACES = /(^|_)(id|code|latitude|longitude|year|month|day|hour|weekday)$/i;

/** chartColumns says which columns can stand on which axis. */
export function chartColumns(schema: readonly Column[]): { x: string[]; y: string[] } {
  return {
    x: schema.filter(({ type }) => !['nested', 'binary'].includes(familyOf(type))).map(({ name }) => name),
    y: schema.filter(({ type }) => familyOf(type) === 'number').map(({ name }) => name),
  };
}

/**
 * defaultChart is the chart that most likely tells something: a number over time as a line, else over the first text as bars.
 * null when the table has no two columns for one.
 */
export function defaultChart(schema: readonly Column[], rows: number): ChartChoice | null {
  const { x, y } = chartColumns(schema);
  const typeOf = (name: string) => familyOf(schema.find((column) => column.name === name)?.type ?? '');
  const over =
    x.find((name) => typeOf(name) === 'time') ??
    x.find((name) => typeOf(name) === 'text') ??
    x.find((name) => typeOf(name) === 'boolean') ??
    x[0];
  const measures = y.filter((name) => name !== over && !PLACES.test(name));
  const fraction = (name: string) =>
    /^(DOUBLE|FLOAT|DECIMAL)/.test(schema.find((column) => column.name === name)?.type ?? '');
  const value = measures.findLast(fraction) ?? measures.at(-1) ?? y.find((name) => name !== over);
  if (over === undefined || value === undefined) return null;
  const line = typeOf(over) === 'time' || (typeOf(over) === 'number' && rows > 40);
  return { kind: line ? 'line' : 'bar', x: over, y: value };
}

/** chartPoints takes the points of a choice from rows; a value that is no number is a gap. */
export function chartPoints(
  choice: ChartChoice,
  rows: readonly Record<string, unknown>[],
): { x: string; y: number | null }[] {
  return rows.slice(0, CHART_POINTS).map((row) => {
    const value = row[choice.y];
    const y =
      typeof value === 'number'
        ? value
        : typeof value === 'string' && value.trim() !== ''
          ? Number(value)
          : NaN;
    return { x: pointName(row[choice.x]), y: Number.isFinite(y) ? y : null };
  });
}

/** pointName writes a value under its place on the axis; midnight is left out of a day. */
function pointName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? value.replace(/T00:00:00(\.0+)?Z?$/, '') : JSON.stringify(value);
}
