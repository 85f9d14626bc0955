import { Pulse } from '../pulse';
import { createServer } from 'node:http';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { coolDuckdb, store, type TableRef } from '@/lib/datasets/server';
import type { Task } from '@/lib/pipeline';
import type { AttemptContext, AttemptFailure } from '../adapter';
import { sourceAdapter } from './source';
import { sqlAdapter } from './sql';

const home = mkdtempSync(path.join(tmpdir(), 'penstock-data-'));
process.env.PENSTOCK_HOME = home;
process.env.PENSTOCK_ALLOW_HOSTS = '127.0.0.1';
const data = path.resolve('node_modules/vega-datasets/data');
let ordinal = 0;

vi.setConfig({ testTimeout: 60_000 });

function contextOf(task: Record<string, unknown>, given: Partial<AttemptContext> = {}): AttemptContext {
  ordinal += 1;
  const workDir = path.join(home, 'work', String(ordinal));
  mkdirSync(workDir, { recursive: true });
  return {
    workspaceId: 'w', runId: 'r', ordinal, taskId: 't', mapIndex: -1, attempt: 1, pipelineSlug: 'p',
    task: task as Task,
    params: {}, paramTypes: {},
    run: { id: 'r', pipeline: 'p', version: 1, logicalDate: null, intervalStart: null, intervalEnd: null },
    inputs: [], reads: [], upstream: {}, checkpoint: null, external: null,
    limits: { memoryMb: 512, threads: 2, timeoutSeconds: 60 },
    sampleRows: null,
    allowHosts: [],
    workDir,
    vars: () => Promise.resolve({}),
    log: () => undefined,
    logReady: () => Promise.resolve(),
    report: () => undefined,
    signal: new AbortController().signal,
    pulse: new Pulse(),
    secret: () => Promise.reject(new Error('none')),
    started: () => undefined,
    subruns: null,
    ...given,
  } as AttemptContext;
}

const read = (config: object, given: Partial<AttemptContext> = {}) => sourceAdapter.perform(contextOf({ id: 't', kind: 'source', config }, given));
const query = (sql: string, inputs: { name: string; table: TableRef }[] = [], given: Partial<AttemptContext> = {}) =>
  sqlAdapter.perform(contextOf({ id: 't', kind: 'sql', config: { sql } }, { inputs, ...given }));

async function upload(name: string, content: string | Buffer): Promise<{ path: string }> {
  await store().put(`files/w/${name}`, Buffer.from(content as string));
  return { path: name };
}

async function readText(name: string, content: string | Buffer, options: object = {}): Promise<TableRef> {
  const { table } = await read({ ...(await upload(name, content)), options });
  if (!table) throw new Error('no table');
  return table;
}

const failure = async (work: Promise<unknown>): Promise<AttemptFailure> => {
  const error = await work.then(() => new Error('it succeeded'), (thrown: unknown) => thrown);
  return error as AttemptFailure;
};

beforeAll(() => {
  mkdirSync(path.join(home, 'store', 'files', 'w', 'demo'), { recursive: true });
  for (const name of ['flights-3m.parquet', 'airports.csv', 'seattle-weather.csv']) copyFileSync(path.join(data, name), path.join(home, 'store', 'files', 'w', 'demo', name));
});
afterAll(async () => {
  await coolDuckdb();
  rmSync(home, { recursive: true, force: true });
});

describe('reading a source', () => {
  it('takes a Parquet file over without copying it', async () => {
    const { table } = await read({ path: 'demo/flights-3m.parquet' });
    expect(table).toMatchObject({ rowCount: 3_000_000, bytes: 13_493_022 });
    expect(table?.schema.map((column) => `${column.name} ${column.type}`)).toEqual(['date TIMESTAMP', 'delay BIGINT', 'distance BIGINT', 'origin VARCHAR', 'destination VARCHAR']);
    const kept = statSync(await store().get(table?.files[0] ?? ''));
    expect(kept.ino).toBe(statSync(path.join(home, 'store/files/w/demo/flights-3m.parquet')).ino);
    expect(kept.mode & 0o777).toBe(0o444);
  });

  it('reads CSV with types', async () => {
    const { table } = await read({ path: 'demo/airports.csv' });
    expect(table?.rowCount).toBe(readFileSync(path.join(data, 'airports.csv'), 'utf8').trim().split('\n').length - 1);
    expect(table?.schema.find((column) => column.name === 'latitude')?.type).toBe('DOUBLE');
  });

  it.each([
    ['semicolon.csv', 'a;b\n1;x\n', [['a', 'BIGINT'], ['b', 'VARCHAR']], 1],
    ['tab.tsv', 'a\tb\n1\tx, y\n', [['a', 'BIGINT'], ['b', 'VARCHAR']], 1],
    ['text-only.csv', 'name,city\nAnn,Bonn\n', [['name', 'VARCHAR'], ['city', 'VARCHAR']], 1],
    ['header-only.csv', 'a,b\n', [['a', 'VARCHAR'], ['b', 'VARCHAR']], 0],
    ['bom.csv', '\uFEFFa,b\n1,2\n', [['a', 'BIGINT'], ['b', 'BIGINT']], 1],
    ['emoji 😀 عربي.csv', 'naïve,😀\n1,"x\ny"\n', [['naïve', 'BIGINT'], ['😀', 'VARCHAR']], 1],
    ['list.json', '[{"a":1,"b":"x"},{"a":2}]', [['a', 'BIGINT'], ['b', 'VARCHAR']], 2],
    ['lines.ndjson', '{"a":1}\n{"a":2}\n', [['a', 'BIGINT']], 2],
  ])('reads %s', async (name, content, columns, rows) => {
    const table = await readText(name, content);
    expect(table.schema.map((column) => [column.name, column.type])).toEqual(columns);
    expect(table.rowCount).toBe(rows);
  });

  it('reads UTF-16 by its mark and Latin-1 when told', async () => {
    expect((await readText('utf16.csv', Buffer.from('\uFEFFa,b\ncafé,2\n', 'utf16le'))).rowCount).toBe(1);
    expect((await readText('latin.csv', Buffer.from('a,b\ncafé,2\n', 'latin1'), { encoding: 'latin-1' })).rowCount).toBe(1);
  });

  it('reads several files of one pattern', async () => {
    await upload('parts/a.csv', 'a\n1\n');
    await upload('parts/b.csv', 'a\n2\n3\n');
    await expect(read({ path: 'parts/none.csv' })).rejects.toThrow();
  });

  it.each([
    ['more fields', 'ragged.csv', 'a,b,c\n1,2,3\n4,5,6,7\n', 'Line 3 has 4 fields where the others have 3.'],
    ['fewer fields', 'short.csv', 'a,b,c\n1,2,3\n4,5\n8,9,1\n', 'Line 3 has 2 fields where the others have 3.'],
    ['an open quote', 'quote.csv', 'a,b\n1,"2\n3,4\n', 'not closed'],
    ['another encoding', 'not-utf8.csv', Buffer.from('a,b\n1,caf\xe9\n', 'latin1'), 'not UTF-8'],
    ['nothing in it', 'empty.csv', '', 'is empty'],
    ['only space in it', 'space.csv', ' \n\n', 'is empty'],
    ['binary data', 'binary.csv', Buffer.from([1, 0, 2, 0, 3]), 'no text file'],
    ['broken JSON', 'broken.json', '[{"a":1},{"a":', 'is not JSON'],
    ['a broken JSON line', 'broken.ndjson', '{"a":1}\n{"a":\n', 'Line 2'],
    ['no Parquet in it', 'garbage.parquet', 'PAR1 this is nothing', 'is broken'],
    ['half a Parquet file', 'half.parquet', readFileSync(path.join(data, 'flights-3m.parquet')).subarray(0, 500_000), 'is broken'],
    ['a name without format', 'data.xyz', 'a', 'Choose the format'],
  ])('says what is wrong with a file that has %s', async (_what, name, content, expected) => {
    const found = await failure(readText(name, content));
    expect(`${found.message} ${found.more?.hint ?? ''}`).toContain(expected);
    expect(found.message).not.toContain(home);
  });

  it('names a broken page inside a Parquet file', async () => {
    const bytes = Buffer.from(readFileSync(path.join(data, 'flights-3m.parquet')));
    bytes.fill(7, 3_000_000, 3_100_000);
    expect((await failure(readText('page.parquet', bytes))).message).toBe('The file page.parquet is broken: it is no whole Parquet file.');
  });

  it('names the line and the column of a value of another type', async () => {
    const found = await failure(readText('late.csv', `a,b\n${'1,2\n'.repeat(400_000)}x,2\n`));
    expect(found.message).toContain('Line 400002 has "x" in column "a", which is no BIGINT.');
    expect(found.more.hint).toContain('VARCHAR');
    expect((await readText('late.csv', `a,b\n${'1,2\n'.repeat(400_000)}x,2\n`, { types: { a: 'VARCHAR' } })).rowCount).toBe(400_001);
  });

  it.each(['../w2/secret.csv', '/etc/passwd', 'a/../../b.csv', 'a\\b.csv', './x.csv'])('refuses the path %s', async (wanted) => {
    expect((await failure(read({ path: wanted }))).message).toContain("cannot be a file's path");
  });

  it('fetches an address and says what it answered', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/data.csv') response.end('a,b\n1,2\n');
      else response.writeHead(500).end('broken inside');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await read({ url: `${at}/data.csv` })).table?.rowCount).toBe(1);
    expect((await failure(read({ url: `${at}/no.csv` }))).message).toBe('The address answered with status 500.');
    server.close();
    expect((await failure(read({ url: 'http://169.254.169.254/latest/x.csv' }))).message).toMatch(/private|link-local|not allowed|may not|refuse/i);
  });
});

describe('a SQL node', () => {
  it('joins its inputs and stores the result', async () => {
    const flights = (await read({ path: 'demo/flights-3m.parquet' })).table as TableRef;
    const airports = (await read({ path: 'demo/airports.csv' })).table as TableRef;
    const result = await query(
      'select a.state, count(*) as n, avg(delay) as delay from flights f join airports a on a.iata = f.origin where month(date) = {{ params.month }} group by 1 order by n desc',
      [{ name: 'flights', table: flights }, { name: 'airports', table: airports }],
      { params: { month: 1 }, paramTypes: { month: 'integer' } },
    );
    expect(result.outcome).toBe('succeeded');
    expect(result.table?.schema).toEqual([{ name: 'state', type: 'VARCHAR' }, { name: 'n', type: 'BIGINT' }, { name: 'delay', type: 'DOUBLE' }]);
    expect(result.resolved).toMatchObject({ values: { penstock_1: '1' } });
    expect(result.timings?.runMs).toBeLessThan(5000);
  });

  it('binds a date parameter as a date, and never as text of the query', async () => {
    const flights = (await read({ path: 'demo/flights-3m.parquet' })).table as TableRef;
    const day = await query('select count(*) as n from flights where date >= {{ params.day }}', [{ name: 'flights', table: flights }], { params: { day: '2001-06-30' }, paramTypes: { day: 'date' } });
    expect(day.table?.rowCount).toBe(1);
    const text = await query('select {{ params.x }} as x', [], { params: { x: "'; drop table t; --" }, paramTypes: { x: 'string' } });
    expect(text.outcome).toBe('succeeded');
  });

  it('sees an even sample of large inputs in a try', async () => {
    const flights = (await read({ path: 'demo/flights-3m.parquet' })).table as TableRef;
    const result = await query('select month(date) as m, count(*) as n from flights group by 1', [{ name: 'flights', table: flights }], { sampleRows: 10_000 });
    expect(result.table?.rowCount).toBeGreaterThanOrEqual(6);
  });

  it('gives an empty table for an input without files, with its last schema', async () => {
    const result = await query('select * from gone', [{ name: 'gone', table: { files: [], schema: [{ name: 'a', type: 'BIGINT' }], rowCount: 0, bytes: 0 } }]);
    expect(result.table).toMatchObject({ rowCount: 0, schema: [{ name: 'a', type: 'BIGINT' }] });
  });

  it('stops an endless query when cancelled', async () => {
    const controller = new AbortController();
    const asked = query('select sum(a.range * b.range) from range(10000000) a, range(10000000) b', [], { signal: controller.signal, started: () => controller.abort() });
    await expect(asked).rejects.toThrow();
  });
});

