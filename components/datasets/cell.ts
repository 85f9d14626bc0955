export type Family = 'number' | 'text' | 'time' | 'boolean' | 'nested' | 'binary';

/** familyOf groups DuckDB's types by how they are drawn: "DECIMAL(18,2)" is a number, "TIMESTAMP" a time, "INTEGER[]" nested. */
export function familyOf(type: string): Family {
  const t = type.toUpperCase();
  if (t.endsWith('[]') || /^(STRUCT|MAP|LIST|UNION|ARRAY|JSON)/.test(t)) return 'nested';
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|REAL|DECIMAL|NUMERIC)/.test(t)) return 'number';
  if (/^(DATE|TIME|INTERVAL)/.test(t)) return 'time';
  if (t.startsWith('BOOL')) return 'boolean';
  if (/^(BLOB|BIT)/.test(t)) return 'binary';
  return 'text';
}

/** typeWord writes a type the way people read it: DuckDB’s name in lower case. */
export const typeWord = (type: string): string => type.toLowerCase();

/** cellText writes a value into a cell. null stays null, so that it can be drawn as what it is. */
export function cellText(value: unknown, family: Family): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number')
    return family === 'number' && Number.isInteger(value)
      ? String(value)
      : String(Number(value.toPrecision(12)));
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  // 2001-04-19T06:00:00.000Z reads better as 2001-04-19 06:00:00
  if (family === 'time') return text.replace(/^(\d{4}-\d{2}-\d{2})T(.*?)(\.0+)?Z?$/, '$1 $2');
  return text;
}

/** nullText gives the share of rows without a value: "no nulls", "1.2 % null", "all null". */
export function nullText(nulls: number, rows: number): string {
  if (nulls === 0) return 'no nulls';
  if (nulls >= rows) return 'all null';
  const percent = (nulls / rows) * 100;
  return `${percent < 0.1 ? '<0.1' : percent < 10 ? percent.toFixed(1) : Math.round(percent)} % null`;
}
