import { DuckDBDateValue, DuckDBTimestampTZValue, DuckDBTimestampValue, listValue, TIMESTAMPTZ, type DuckDBPreparedStatement, type DuckDBValue } from '@duckdb/node-api';
import { type BoundValue, type TypedValue } from './protocol';

/**
 * bindNamed binds every parameter that a statement names from the given values.
 * @param values by parameter name; `$1` is named "1"
 */
export function bindNamed(statement: DuckDBPreparedStatement, values: Record<string, BoundValue>): void {
  for (let i = 1; i <= statement.parameterCount; i += 1) {
    const name = statement.parameterName(i);
    const value = values[name];
    if (value === undefined) throw new Error(`No value is given for the parameter $${name}.`);
    bindOne(statement, i, value);
  }
}

/** bindList binds values by position. */
export function bindList(statement: DuckDBPreparedStatement, values: BoundValue[]): void {
  values.forEach((value, i) => bindOne(statement, i + 1, value));
}

function bindOne(statement: DuckDBPreparedStatement, index: number, value: BoundValue): void {
  if (value === null) statement.bindNull(index);
  // a bigint would arrive as HUGEINT by itself
  else if (typeof value === 'bigint') statement.bindBigInt(index, value);
  else if (typeof value === 'number') statement.bindDouble(index, value);
  else if (typeof value === 'boolean') statement.bindBoolean(index, value);
  else if (typeof value === 'string') statement.bindVarchar(index, value);
  else if (value instanceof Date) statement.bindValue(index, timestamp(value), TIMESTAMPTZ);
  else if (Array.isArray(value)) statement.bindList(index, listValue(value.map(plain)));
  else bindTyped(statement, index, value);
}

function bindTyped(statement: DuckDBPreparedStatement, index: number, { type, value }: TypedValue): void {
  if (value === null) statement.bindNull(index);
  else if (type === 'BIGINT') statement.bindBigInt(index, BigInt(value));
  else if (type === 'DATE') statement.bindDate(index, new DuckDBDateValue(Math.floor(Date.parse(`${String(value)}T00:00:00Z`) / 86_400_000)));
  else if (type === 'TIMESTAMP') statement.bindTimestamp(index, new DuckDBTimestampValue(BigInt(Date.parse(`${String(value).replace(' ', 'T')}Z`)) * 1000n));
  else bindOne(statement, index, value);
}

const timestamp = (date: Date) => new DuckDBTimestampTZValue(BigInt(date.getTime()) * 1000n);

function plain(value: BoundValue): DuckDBValue {
  if (value instanceof Date) return timestamp(value);
  if (value !== null && typeof value === 'object' && 'type' in value) return value.value;
  if (Array.isArray(value)) return listValue(value.map(plain));
  return value;
}

const INTEGERS = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/;

/**
 * plainValue makes a value of DuckDB's JSON form plain for people and programs: whole numbers that fit stay numbers, larger
 * ones are text; times are ISO 8601.
 * @param type DuckDB's name of the column's type
 */
export function plainValue(value: unknown, type: string): unknown {
  if (typeof value !== 'string') return value;
  if (INTEGERS.test(type)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (type.startsWith('DECIMAL')) return value.replace(/[-.]/g, '').length <= 15 ? Number(value) : value;
  if (type === 'TIMESTAMP' || type === 'TIMESTAMP_S' || type === 'TIMESTAMP_MS' || type === 'TIMESTAMP_NS') return value.replace(' ', 'T');
  if (type === 'TIMESTAMP WITH TIME ZONE') return value.replace(' ', 'T').replace(/[+-]00(:00)?$/, 'Z');
  return value;
}
