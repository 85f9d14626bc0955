import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Check } from '@/lib/pipeline';
import { startDuckdb } from '../duckdb/process';
import { coolDuckdb } from '../duckdb/spare';
import { storeRoot } from '../storage';
import { type TableRef } from '../table-ref';
import { blockedBy, checkOutput, runChecks } from './run';
import { typeName } from './plan';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const home = mkdtempSync(path.join(tmpdir(), 'penstock-checks-'));
process.env.PENSTOCK_HOME = home;
const now = new Date('2026-01-10T00:00:00Z');

const people: TableRef = { files: ['people.parquet'], schema: [
  { name: 'id', type: 'BIGINT' }, { name: 'city', type: 'VARCHAR' }, { name: 'age', type: 'INTEGER' }, { name: 'seen', type: 'TIMESTAMP' }, { name: 'day', type: 'DATE' },
], rowCount: 5, bytes: 1 };
const cities: TableRef = { files: ['cities.parquet'], schema: [{ name: 'name', type: 'VARCHAR' }], rowCount: 2, bytes: 1 };
const empty: TableRef = { files: [], schema: [{ name: 'a', type: 'BIGINT' }, { name: 'at', type: 'TIMESTAMP' }], rowCount: 0, bytes: 0 };

beforeAll(async () => {
  const work = path.join(home, 'work');
  mkdirSync(work, { recursive: true });
  mkdirSync(storeRoot(), { recursive: true });
  const duckdb = await startDuckdb();
  await duckdb.ask({ op: 'open', confinement: { memoryMb: 256, threads: 1, spillFolder: path.join(work, 'spill'), maxSpillMb: 10, paths: [], folders: [work] } });
  await duckdb.ask({ op: 'script', values: {}, target: path.join(work, 'people.parquet'), sql: `select * from (values
    (1::bigint, 'Bonn', 20::integer, timestamp '2026-01-09 12:00:00', date '2026-01-09'), (2, 'Bonn', 30, timestamp '2026-01-08', date '2026-01-08'), (3, null, 40, null, null),
    (3, 'Oslo', 200, timestamp '2026-01-01', date '2026-01-01'), (null, 'Rome', -1, timestamp '2026-01-02', date '2026-01-02')) t(id, city, age, seen, day)` });
  await duckdb.ask({ op: 'script', values: {}, target: path.join(work, 'cities.parquet'), sql: "select unnest(['Bonn', 'Oslo']) as name" });
  for (const name of ['people.parquet', 'cities.parquet']) copyFileSync(path.join(work, name), path.join(storeRoot(), name));
  duckdb.kill();
  await duckdb.ended;
});
afterAll(async () => {
  await coolDuckdb();
  rmSync(home, { recursive: true, force: true });
});

const run = (checks: Check[], tables = [{ name: 'people', table: people }]) => runChecks({ checks, tables, others: [{ name: 'cities', table: cities }], now });

describe('every type of check', () => {
  const cases: [Check, boolean, string][] = [
    [{ type: 'schema', columns: [{ name: 'id', type: 'int8' }, { name: 'city', type: 'text' }] }, true, 'has the expected columns'],
    [{ type: 'schema', columns: [{ name: 'id', type: 'VARCHAR' }, { name: 'gone' }] }, false, 'column id is BIGINT, not VARCHAR, column gone is missing'],
    [{ type: 'schema', exact: true, columns: [{ name: 'id' }] }, false, 'column city is not expected'],
    [{ type: 'row_count', min: 5, max: 5 }, true, '5 rows'],
    [{ type: 'row_count', min: 1000 }, false, 'has 5 rows; expected at least 1,000.'],
    [{ type: 'not_null', column: 'age' }, true, 'age has no nulls.'],
    [{ type: 'not_null', column: 'city' }, false, 'city has 1 null (20 % of 5).'],
    [{ type: 'not_null', column: 'city', maxShare: 0.2 }, true, '20 %'],
    [{ type: 'not_null', columns: ['city', 'id'] }, false, 'city and id have 2 nulls'],
    [{ type: 'unique', column: 'age' }, true, 'age is unique.'],
    [{ type: 'unique', column: 'id' }, false, 'id is not unique: 1 value appears more than once (3).'],
    [{ type: 'unique', columns: ['id', 'city'] }, true, 'id and city are unique.'],
    [{ type: 'range', column: 'age', min: -1, max: 200 }, true, 'between -1 and 200'],
    [{ type: 'range', column: 'age', min: 0, max: 120 }, false, 'in 2 rows (40 % of 5); its values go from -1 to 200.'],
    [{ type: 'range', column: 'age', min: 0, max: 120, maxShare: 0.5 }, true, '40 %'],
    [{ type: 'range', column: 'day', min: '2026-01-02' }, false, 'in 1 row'],
    [{ type: 'range', column: 'seen', max: '2026-01-09T12:00:00' }, true, 'at most'],
    [{ type: 'accepted_values', column: 'city', values: ['Bonn', 'Oslo', 'Rome'] }, true, 'only accepted'],
    [{ type: 'accepted_values', column: 'city', values: ['Bonn', "O'slo"] }, false, 'in 2 rows'],
    [{ type: 'accepted_values', column: 'id', values: [1, 2, 3] }, true, 'only accepted'],
    [{ type: 'referential', column: 'city', references: { table: 'cities', column: 'name' } }, false, '1 row has a city that is not in cities.name (Rome).'],
    [{ type: 'freshness', column: 'seen', maxAgeSeconds: 86_400 }, true, '12 hours old'],
    [{ type: 'freshness', column: 'seen', maxAgeSeconds: 3600 }, false, 'expected at most 60 minutes'],
    [{ type: 'freshness', column: 'day', maxAgeSeconds: 86_400 }, true, '24 hours old'],
    [{ type: 'sql', sql: 'select * from people where age > 1000;' }, true, 'finds no wrong rows'],
    [{ type: 'sql', name: 'Adults only', sql: 'select * from people p join cities c on c.name = p.city where age < 25' }, false, 'Adults only finds 1 wrong row.'],
  ];
  it('says what it found in one sentence', async () => {
    const outcomes = await run(cases.map(([check]) => check));
    for (const [i, [check, passed, message]] of cases.entries()) {
      expect({ type: check.type, passed: outcomes[i]?.passed, message: outcomes[i]?.message }).toEqual({ type: check.type, passed, message: expect.stringContaining(message) as string });
    }
  });
});

describe('a check that cannot run', () => {
  it.each([
    [{ type: 'not_null', column: 'gone' }, 'has no column "gone"'],
    [{ type: 'row_count', min: 1, table: 'elsewhere' }, 'no table "elsewhere"'],
    [{ type: 'referential', column: 'city', references: { table: 'nowhere', column: 'name' } }, 'no table "nowhere"'],
    [{ type: 'range', column: 'city', min: 1 }, 'could not run'],
    [{ type: 'sql', sql: 'select * from people where agee > 1' }, 'could not run: line 1: There is no column "agee"'],
    [{ type: 'sql', sql: "copy people to '/tmp/x'" }, 'could not run'],
    [{ type: 'sql', sql: "select * from read_text('/etc/passwd')" }, 'could not run'],
  ] as [Check, string][])('is failed: %o', async (check, message) => {
    expect(await run([check])).toMatchObject([{ passed: false, severity: 'block', observed: null, message: expect.stringContaining(message) as string }]);
  });

  it('asks which table is meant when several reach it', async () => {
    const both = [{ name: 'people', table: people }, { name: 'cities', table: cities }];
    expect((await run([{ type: 'row_count', min: 1 }], both))[0]?.message).toContain('Several tables');
    expect((await run([{ type: 'row_count', min: 1, table: 'cities' }], both))[0]?.passed).toBe(true);
  });
});

describe('an empty table', () => {
  it('passes what holds for no rows, and is never fresh', async () => {
    const outcomes = await run([{ type: 'not_null', column: 'a' }, { type: 'unique', column: 'a' }, { type: 'freshness', column: 'at', maxAgeSeconds: 10 }], [{ name: 'empty', table: empty }]);
    expect(outcomes.map(({ passed }) => passed)).toEqual([true, true, false]);
  });
});

describe('what blocks', () => {
  it('is a failed check of severity block, which is the default', async () => {
    const outcomes = await run([{ type: 'row_count', min: 9, severity: 'warn' }, { type: 'row_count', min: 1 }]);
    expect(blockedBy(outcomes)).toBeNull();
    expect(blockedBy(await run([{ type: 'row_count', min: 9 }]))).toContain('expected at least 9');
  });

  it('is gathered over the places where checks stand', async () => {
    const found = await checkOutput({ table: { name: 't', table: people }, now, places: [{ stands: 'task', checks: [{ type: 'row_count', min: 1 }] }, { stands: 'edge', as: 'renamed', checks: [{ type: 'sql', sql: 'select * from renamed where age < 0' }] }, { stands: 'dataset', checks: [] }] });
    expect(found.outcomes.map(({ stands, outcome }) => [stands, outcome.passed])).toEqual([['task', true], ['edge', false]]);
    expect(found.blocked).toContain('finds 1 wrong row');
  });
});

it('names types as DuckDB does', () => {
  expect(['int', 'TEXT', 'timestamptz', 'numeric(10, 2)', 'Double'].map(typeName)).toEqual(['INTEGER', 'VARCHAR', 'TIMESTAMP WITH TIME ZONE', 'DECIMAL(10,2)', 'DOUBLE']);
});
