import { mkdtempSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DuckdbError, type DuckdbProcess } from './process';
import { type BoundValue } from './protocol';
import { coolDuckdb, takeDuckdb, warmDuckdb } from './spare';

vi.setConfig({ testTimeout: 60_000 });

const flights = path.resolve('node_modules/vega-datasets/data/flights-3m.parquet');
const folder = mkdtempSync(path.join(tmpdir(), 'penstock-duckdb-'));
let open: DuckdbProcess | undefined;

async function session(memoryMb = 256): Promise<DuckdbProcess> {
  open = await takeDuckdb();
  const out = path.join(folder, 'out');
  await open.ask({ op: 'open', confinement: { memoryMb, threads: 2, spillFolder: path.join(folder, 'spill'), maxSpillMb: 64, paths: [flights], folders: [out] } });
  await open.ask({ op: 'tables', tables: [{ name: 'flights', files: [flights], columns: [] }, { name: 'none', files: [], columns: [{ name: 'a', type: 'BIGINT' }] }] });
  return open;
}

async function script(sql: string, values: Record<string, BoundValue> = {}) {
  const process = await session();
  return process.ask({ op: 'script', sql, values, target: path.join(folder, 'out', 'result.parquet') });
}

async function problemOf(sql: string) {
  return script(sql).then(
    () => ({ message: 'no problem', code: 'none', line: 0, column: 0, hint: '' }),
    (error: unknown) => (error as DuckdbError).problem,
  );
}

beforeAll(async () => {
  await import('node:fs/promises').then(({ mkdir }) => mkdir(path.join(folder, 'out'), { recursive: true }));
});
afterEach(async () => {
  open?.kill();
  await open?.ended;
  open = undefined;
  warmDuckdb();
});
afterAll(async () => {
  await coolDuckdb();
  rmSync(folder, { recursive: true, force: true });
});

describe('a SQL script', () => {
  it('gives the rows of its last statement, with earlier statements seen', async () => {
    const written = await script('create table late as select * from flights where delay > $1; -- done\nselect origin, count(*) as n from late group by 1;', { 1: 100n });
    expect(written.columns).toEqual([
      { name: 'origin', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ]);
    expect(written.rowCount).toBeGreaterThan(50);
  });

  it('binds a bigint as BIGINT, a double as DOUBLE, a date as a time, a list as a list', async () => {
    const written = await script('select $1 as a, $2 as b, $3 as c, $4 as d, $5 as e', { 1: 5n, 2: 1.5, 3: new Date(0), 4: ['x', 'y'], 5: 'text' });
    expect(written.columns.map((column) => column.type)).toEqual(['BIGINT', 'DOUBLE', 'TIMESTAMP WITH TIME ZONE', 'VARCHAR[]', 'VARCHAR']);
  });

  it('pivots', async () => {
    const written = await script("pivot (select origin, month(date) as m, delay from flights where origin in ('SEA', 'HNL')) on m using avg(delay)");
    expect(written.rowCount).toBe(2);
  });

  it('stores rows of RETURNING', async () => {
    const written = await script('create table t (a integer, b varchar); insert into t values (1, null), (2, $1) returning a, b', { 1: 'x' });
    expect(written.rowCount).toBe(2);
  });

  it.each([
    ["select 1;\n  copy flights to '/tmp/x.parquet'", 'COPY', 2],
    ["attach '/etc/passwd' as x; select 1", 'ATTACH', 1],
    ['install httpfs; select 1', 'INSTALL', 1],
    ["set memory_limit='100GB'; select 1", 'SET', 1],
    ['pragma database_list', 'PRAGMA', 1],
    ["export database '/tmp/x'; select 1", 'EXPORT', 1],
    ['create secret s (type s3); select 1', 'CREATE SECRET', 1],
    ['drop table none; select 1', 'DROP', 1],
    ["/* a */ (copy flights to '/tmp/x')", 'COPY', 1],
  ])('refuses %s by its type', async (sql, verb, line) => {
    const problem = await problemOf(sql);
    expect(problem).toMatchObject({ code: 'refused', line });
    expect(problem.message).toContain(verb);
  });

  it.each([
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_csv('https://example.com/x.csv')",
    "select * from glob('/etc/*')",
    `create table t as select * from read_parquet('${path.resolve('node_modules/vega-datasets/data/airports.csv')}'); select 1`,
  ])('cannot reach the machine by %s', async (sql) => {
    expect(await problemOf(sql)).toMatchObject({ code: 'refused' });
  });

  it('names an unknown column with its place and suggestions', async () => {
    const problem = await problemOf('create view v as select 1;\nselect origin,\n  delya from flights');
    expect(problem).toMatchObject({ code: 'unknown_column', line: 3, column: 3, message: 'There is no column "delya" here.' });
    expect(problem.hint).toContain('delay');
  });

  it('names an unknown table, also behind letters beyond ASCII', async () => {
    expect(await problemOf("select 'äöü – 🛫' as t from fligths")).toMatchObject({ code: 'unknown_table', line: 1, column: 29, hint: 'Is it flights?' });
  });

  it('points at a typo', async () => {
    expect(await problemOf('select origin form flights where x')).toMatchObject({ code: 'syntax', line: 1 });
    expect(await problemOf('selec 1')).toMatchObject({ code: 'syntax', line: 1, column: 1 });
    expect(await problemOf('  -- nothing')).toMatchObject({ code: 'syntax' });
  });

  it('ends with a sentence when the last statement gives no rows', async () => {
    expect((await problemOf('create table t as select 1')).message).toContain('The last statement is CREATE');
  });

  it('cannot break out of the brackets around the last statement', async () => {
    expect((await problemOf("select 1) to '/tmp/x.parquet' (format parquet) --")).code).toBe('syntax');
    expect(existsSync('/tmp/x.parquet')).toBe(false);
  });

  it('names memory as the cause when it runs out', async () => {
    const problem = await problemOf('select list(s) from (select range as a, repeat(\'x\', 1000) || range as s from range(10000000))');
    expect(problem.code).toBe('out_of_memory');
    expect(problem.hint).toContain('memoryMb');
  });

  it('dies with its whole group when killed, and says so to whoever waits', async () => {
    const process = await session();
    const asked = process.ask({ op: 'script', sql: 'select sum(a.range * b.range) from range(1000000) a, range(1000000) b', values: {}, target: path.join(folder, 'out', 'never.parquet') });
    process.kill();
    await expect(asked).rejects.toBeInstanceOf(DuckdbError);
    await process.ended;
  });
});

describe('facts', () => {
  const tables = [{ name: 'flights', files: [], columns: [{ name: 'origin', type: 'VARCHAR' }, { name: 'delay', type: 'BIGINT' }] }];
  const facts = async (sql: string) => {
    open = await takeDuckdb();
    return open.ask({ op: 'facts', tables, sql, timeoutMs: 1500 });
  };

  it('gives the columns of the last statement', async () => {
    expect(await facts('create table t as select origin, avg(delay) as delay from flights group by 1; select * from t where delay > $1')).toEqual({
      columns: [
        { name: 'origin', type: 'VARCHAR' },
        { name: 'delay', type: 'DOUBLE' },
      ],
      problems: [],
    });
  });

  it('gives the problem with its place', async () => {
    expect((await facts('select\n orign from flights')).problems).toMatchObject([{ code: 'unknown_column', line: 2, column: 2 }]);
  });

  it('does not run for long', async () => {
    expect((await facts('create table t as select count(*) c from range(10000000000000) a; select * from t')).problems).toMatchObject([{ code: 'interrupted' }]);
  });
});
