import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stopReaders } from './duckdb/reader';
import { exportTable, previewTable, sqlFacts } from './preview';
import { profileTable } from './profile';
import { storeRoot } from './storage';
import { type TableRef } from './table-ref';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const home = mkdtempSync(path.join(tmpdir(), 'penstock-preview-'));
process.env.PENSTOCK_HOME = home;

const flights: TableRef = {
  files: ['flights.parquet'],
  schema: [{ name: 'date', type: 'TIMESTAMP' }, { name: 'delay', type: 'BIGINT' }, { name: 'distance', type: 'BIGINT' }, { name: 'origin', type: 'VARCHAR' }, { name: 'destination', type: 'VARCHAR' }],
  rowCount: 3_000_000,
  bytes: 13_493_022,
};
const none: TableRef = { files: [], schema: [{ name: 'a', type: 'BIGINT' }, { name: 'b', type: 'VARCHAR' }], rowCount: 0, bytes: 0 };

beforeAll(() => {
  mkdirSync(storeRoot(), { recursive: true });
  copyFileSync(path.resolve('node_modules/vega-datasets/data/flights-3m.parquet'), path.join(storeRoot(), 'flights.parquet'));
});
afterAll(async () => {
  await stopReaders();
  rmSync(home, { recursive: true, force: true });
});

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

describe('a preview', () => {
  it('gives rows with plain values, types and the number of all rows', async () => {
    const page = await previewTable(flights, { limit: 2 });
    expect(page).toMatchObject({ rowCount: 3_000_000, schema: flights.schema });
    expect(page.rows).toHaveLength(2);
    expect(page.rows[0]).toMatchObject({ date: expect.stringMatching(/^2001-01-01T/) as string, delay: expect.any(Number) as number });
  });

  it('pages and sorts', async () => {
    const sort = { column: 'delay', descending: true };
    expect((await previewTable(flights, { limit: 1, sort })).rows[0]).toMatchObject({ delay: 1688, origin: 'HNL' });
    expect((await previewTable(flights, { limit: 1, offset: 1, sort })).rows[0]).toMatchObject({ delay: 1575 });
    await expect(previewTable(flights, { sort: { column: 'delay"; drop', descending: false } })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('of a table without files has no rows', async () => {
    expect(await previewTable(none)).toEqual({ schema: none.schema, rows: [], rowCount: 0 });
  });

  it('says when a file is gone', async () => {
    await expect(previewTable({ ...flights, files: ['gone.parquet'] })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a profile', () => {
  it('tells nulls, different values, bounds and shapes of every column', async () => {
    const profile = await profileTable(flights);
    expect(profile.columns.map(({ name }) => name)).toEqual(['date', 'delay', 'distance', 'origin', 'destination']);
    const [date, delay, , origin] = profile.columns;
    expect(delay).toMatchObject({ nulls: 0, min: -1116, max: 1688, top: null });
    expect(delay?.mean).toBeCloseTo(6.6679, 3);
    expect(delay?.histogram).toHaveLength(12);
    expect(delay?.histogram?.reduce((sum, bin) => sum + bin.count, 0)).toBe(profile.sampledRows);
    expect(date?.min).toBe('2001-01-01 00:01:00');
    expect(date?.histogram?.[0]?.from).toMatch(/^2001-01-01T/);
    expect(origin?.top).toHaveLength(5);
    expect(Math.abs((origin?.distinct ?? 0) - 229)).toBeLessThan(40);
  });

  it('of a table without files knows its columns', async () => {
    expect((await profileTable(none)).columns.map(({ name, nulls }) => [name, nulls])).toEqual([['a', 0], ['b', 0]]);
  });
});

describe('an export', () => {
  it('streams CSV and JSON, also of no rows, and Parquet as it is', async () => {
    expect((await read((await exportTable(none, 'csv')).stream)).toString()).toBe('a,b\n');
    expect(JSON.parse((await read((await exportTable(none, 'json')).stream)).toString())).toEqual([]);
    const parquet = await exportTable(flights, 'parquet');
    expect(parquet.bytes).toBe(13_493_022);
    parquet.stream.destroy();
  });
});

describe('facts of a SQL node', () => {
  it('come from the schemas alone', async () => {
    const tables = [{ name: 'flights', columns: flights.schema }];
    expect(await sqlFacts(tables, 'select origin, avg(delay) as delay from flights where month(date) = $penstock_1 group by 1')).toEqual({ columns: [{ name: 'origin', type: 'VARCHAR' }, { name: 'delay', type: 'DOUBLE' }], problems: [] });
    expect((await sqlFacts(tables, 'select orign from flights')).problems).toMatchObject([{ code: 'unknown_column', line: 1, column: 8, candidates: expect.arrayContaining(['origin']) as string[] }]);
    expect((await sqlFacts([], 'select * from flights')).problems).toMatchObject([{ code: 'unknown_table' }]);
  });
});
