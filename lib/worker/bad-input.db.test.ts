import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prisma } from '@/lib/db/client';
import { getDataset, previewVersion, stopReaders, uploadFile } from '@/lib/datasets/server';
import { logText, readLogs } from '@/lib/observability/server';
import { type DraftSpec } from '@/lib/pipeline';
import { createRun, getRun, previewOutput } from '@/lib/runs/server';
import { putSecret } from '@/lib/tenancy/server';
import { makeContext, publishSpec, testDatabase, type TestContext } from '@/lib/testing';
import { edges, startRunHarness, taskEnd, type RunHarness } from '@/lib/testing/run-harness';

process.env.PENSTOCK_ALLOW_HOSTS = '127.0.0.1';
vi.setConfig({ testTimeout: 90_000 });
const { home } = testDatabase();

let ctx: TestContext;
let harness: RunHarness;
let server: Server;
let at = '';

/** What the outside services of these tests answer. */
const ANSWERS: Record<string, RequestListener> = {
  '/500': (_, response) => response.writeHead(500).end('stack trace'),
  '/slow': () => undefined,
  '/huge': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify('x'.repeat(2_000_000))),
  '/endless.csv': (_, response) => response.writeHead(200, { 'content-type': 'text/csv', 'content-length': String(5 * 1024 ** 3) }).write('a\n'),
  '/redirect': (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  '/page': (_, response) => response.end('<html>Sign in first</html>'),
  '/cut': (request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': '1000' }).write('a,b\n1,2\n');
    setTimeout(() => request.socket.destroy(), 50);
  },
};

const PARQUET = readFileSync(path.resolve('node_modules/vega-datasets/data/flights-3m.parquet'));
const FILES: Record<string, string | Buffer> = {
  'good.csv': 'a,b\n1,x\n2,y\n',
  'ragged.csv': 'a,b,c\n1,2,3\n4,5,6,7\n',
  'empty.csv': '',
  'binary.csv': Buffer.from([1, 0, 2, 0, 3]),
  'broken.json': '[{"a":1},{"a":',
  'garbage.parquet': 'PAR1 this is nothing',
  'half.parquet': PARQUET.subarray(0, 500_000),
  'رحلات 🛫.csv': 'naïve,😀\n1,"x\ny"\n',
};

beforeAll(async () => {
  ctx = await makeContext('admin');
  server = createServer((request, response) => (ANSWERS[request.url ?? ''] ?? ANSWERS['/500']!)(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [file, content] of Object.entries(FILES)) await uploadFile(ctx, file, Buffer.from(content as string));
  await putSecret(ctx, 'api_key', { value: 'a-very-secret-value' });
  harness = await startRunHarness(ctx);
}, 120_000);
afterAll(async () => {
  await harness.stop();
  await stopReaders();
  server.closeAllConnections();
  server.close();
});

type Task = Record<string, unknown> & { id: string; kind: string };
const good: Task = { id: 'good', kind: 'source', config: { path: 'good.csv' } };
const source = (config: object, more: object = {}): Task => ({ id: 't', kind: 'source', config, ...more });
const sql = (text: string, more: object = {}): Task => ({ id: 't', kind: 'sql', config: { sql: text }, ...more });
const python = (script: string, more: object = {}): Task => ({ id: 't', kind: 'python', config: { script }, ...more });
const shell = (command: string, more: object = {}): Task => ({ id: 't', kind: 'shell', config: { command }, ...more });
const http = (to: string, more: object = {}, config: object = {}): Task => ({ id: 't', kind: 'http', config: { method: 'GET', url: to, ...config }, ...more });

/** runs `good > t` and gives how t ended. */
async function endOf(task: Task) {
  const id = await harness.start({ tasks: [good, task], edges: edges('good>t') } as Partial<DraftSpec>);
  const run = await harness.ended(id);
  return { run, ...(await taskEnd(ctx, run, 't')) };
}

const NO_FILES = /tries to read a file, an address or a setting of the machine, which a node may not\. Bring the data in with a source node/;

/** what is wrong, the task, the code of its failure, and what its reason must say and advise. */
type Bad = [what: string, task: () => Task, code: string, says: RegExp];
const BAD: Bad[] = [
  ['a Parquet file with nothing in it', () => source({ path: 'garbage.parquet' }), 'broken_file', /^The file garbage\.parquet is broken: it is no whole Parquet file\. .*upload/],
  ['half a Parquet file', () => source({ path: 'half.parquet' }), 'broken_file', /^The file half\.parquet is broken/],
  ['a CSV with a ragged row', () => source({ path: 'ragged.csv' }), 'bad_value', /Line 3 has 4 fields where the others have 3\. .+/],
  ['an empty CSV', () => source({ path: 'empty.csv' }), 'empty_file', /empty\.csv is empty\. .+/],
  ['a CSV that is no text', () => source({ path: 'binary.csv' }), 'broken_file', /no text file.* .+/],
  ['JSON that is cut off', () => source({ path: 'broken.json' }), 'bad_value', /is not JSON.*upload the file again/],
  ['a file that is not there', () => source({ path: 'godo.csv' }), 'not_found', /There is no file "godo\.csv" in this workspace\. Upload it, or choose another one/],
  ['a path that leaves the files', () => source({ path: '../other/x.csv' }), 'invalid', /"\.\.\/other\/x\.csv" cannot be a file's path.*leave the folder/],
  ['a dataset without a version', () => sql('select * from never', { reads: ['never'] }), 'inputs', /Dataset "never" had no good version.*Run the pipeline that writes it first/],

  ['SQL with a typo', () => sql('selct * from good'), 'syntax', /The SQL cannot be read at "selct \* from good"\. A statement begins with a word like SELECT/],
  ['SQL with a typo inside', () => sql('select a, from good whre b'), 'syntax', /The SQL cannot be read: syntax error at or near "b"\. Correct it there/],
  ['SQL with an unknown column', () => sql('select aa from good'), 'unknown_column', /There is no column "aa" here\..*Is it .*a/],
  ['SQL with an unknown table', () => sql('select * from goood'), 'unknown_table', /There is no table "goood" here\. .*(good|Connect)/],
  ['SQL that reads a file of the machine', () => sql("select * from read_csv('/etc/passwd')"), 'refused', NO_FILES],
  ['SQL that reads a file by its name', () => sql("select * from '/etc/passwd.csv'"), 'refused', NO_FILES],
  ['SQL that reads an address', () => sql("select * from read_parquet('https://example.org/x.parquet')"), 'refused', /which a node may not|cannot load any/],
  ['SQL that copies to a file', () => sql("copy good to '/tmp/penstock-stolen.csv'"), 'refused', /COPY is not allowed in a SQL node\. Allowed are SELECT/],
  ['SQL that attaches a database', () => sql("attach '/tmp/penstock.db' as x; select 1"), 'refused', /ATTACH is not allowed.*connection/],
  ['SQL that installs an extension', () => sql('install httpfs; select 1'), 'refused', /INSTALL is not allowed.*Extensions cannot be loaded/],
  ['SQL that loads an extension', () => sql('load httpfs; select 1'), 'refused', /LOAD is not allowed/],
  ['SQL that changes a setting', () => sql("set memory_limit = '100GB'; select 1"), 'refused', /SET is not allowed.*set on the node/],
  ['SQL whose last statement gives no rows', () => sql('create table x as select 1'), 'refused', /gives no rows.*End with a SELECT/],
  ['a value that does not fit its type', () => sql("select cast('x' as integer) from good"), 'bad_value', /'x'.*try_cast/],
  ['SQL that needs more memory than it may use', () => sql('select list(a.range::varchar || b.range::varchar) as l from range(20000) a, range(20000) b', { memoryMb: 64 }), 'out_of_memory', /memory.*Raise memoryMb/],
  ['SQL without an end', () => sql('select sum(a.range * b.range) from range(10000000) a, range(10000000) b', { timeoutSeconds: 2 }), 'timeout', /ran longer than its time limit of 2 seconds and was stopped\. Raise/],

  ['Python without pandas', () => python("import sys\nsys.path = [p for p in sys.path if '-packages' not in p]\nimport pandas"), 'no_module', /The script in line 3 needs the Python package "pandas".*Add pandas to the task's Packages/],
  ['Python that cannot be read', () => python('x = 1\ndef f(:\n'), 'syntax', /cannot be read in line 2: SyntaxError.*correct that line/],
  ['Python that throws', () => python('a = 1\nraise ValueError("month is 13")'), 'python_error', /failed in line 2: ValueError: month is 13\. The log has the whole traceback/],
  ['Python of a version that is not there', () => python('x = 1', { config: { script: 'x = 1', python: '3.99' } }), 'no_python', /needs Python 3\.99.*does not have it \(it has 3\.\d+.*Choose another version/],
  ['an endless loop', () => python('while True: pass', { timeoutSeconds: 2 }), 'timeout', /time limit of 2 seconds and was stopped\. Raise the task's "Timeout"/],
  ['a memory hog', () => python('import time\na = []\nfor i in range(60):\n    a.append(bytearray(10_000_000)); time.sleep(0.02)\ntime.sleep(20)', { memoryMb: 150 }), 'memory', /used more memory than its limit of 150 MB.*Raise the task's "Memory"/],
  ['a loop that starts processes', () => shell('i=0; while [ $i -lt 300 ]; do sleep 60 & i=$((i+1)); done; wait'), 'processes', /too many processes.*Start fewer processes at a time/],
  ['a command that is not there', () => shell('pg_dmup --all'), 'command_not_found', /There is no command "pg_dmup".*Check its spelling/],
  ['a command that fails', () => shell('echo "disk quota exceeded" >&2; exit 4'), 'exit_4', /exit code 4: disk quota exceeded\. Open its log/],
  ['a secret that is not there', () => shell('echo {{ secrets.gone }}'), 'no_secret', /There is no secret "gone" in this workspace\. Add it under Settings, Secrets/],

  ['an answer with status 500', () => http(`${at}/500`), 'http_500', /answered with status 500 \(an error inside it\)\. The service itself has trouble/],
  ['an answer that never comes', () => http(`${at}/slow`, { timeoutSeconds: 1 }), 'timeout|http_timeout', /(time limit of 1 second|within 1 second).*Raise/],
  ['an answer that is too large', () => http(`${at}/huge`, {}, { output: 'json' }), 'too_large', /larger than 1 MB.*Set the result to "A table"/],
  ['a page instead of data', () => http(`${at}/page`), 'not_json', /is not JSON\..*that of the data and not of a page/],
  ['a redirect to a private address', () => http(`${at}/redirect`), 'http_refused_address', /169\.254\.169\.254 is a link-local address.*Use a public address, or ask the operator.*PENSTOCK_ALLOW_HOSTS/],
  ['the machine itself as an address', () => http('http://127.0.0.2:80/'), 'http_refused_address', /127\.0\.0\.2 is a loopback address \(this machine itself\), which tasks may not reach/],
  ['the machine itself by another spelling', () => http('http://2130706434/'), 'http_refused_address', /loopback address/],
  ['a private address', () => http('http://10.0.0.1/'), 'http_refused_address', /10\.0\.0\.1 is a private address/],
  ['an address of a file', () => source({ url: 'file:///etc/passwd' }), 'http_bad_url', /Addresses that start with "file:" cannot be reached\. Use http:\/\/ or https:\/\//],
  ['a download that is too large', () => source({ url: '{{ params.at }}/endless.csv' }), 'http_too_large', /larger than the limit of 1024 MB\. Ask for less/],
  ['a download that breaks off', () => source({ url: '{{ params.at }}/cut', format: 'csv' }), 'http_broken_answer', /ended the connection before its answer was complete\. Run it again/],
];

/** What a command uses is watched by way of /proc. */
const BY_PROC = ['memory', 'processes'];
const here = BAD.filter(([, , code]) => process.platform === 'linux' || !BY_PROC.includes(code));

describe('a task that cannot do its work says why and what to do', () => {
  it.each(here)('%s', async (_what, task, code, says) => {
    const given = task();
    const withAddress = JSON.parse(JSON.stringify(given).replaceAll('{{ params.at }}', at)) as Task;
    const { run, task: row, attempt } = await endOf(withAddress);
    expect([run.state, row.state]).toEqual(['failed', 'failed']);
    expect(row.reason?.text).toMatch(says);
    expect(row.reason?.code).toMatch(new RegExp(`^(${code})$`));
    expect(row.reason?.text).toMatch(/^[\w"].*[.?!]$/s);
    // what the reader sees is about the work, not about the machine or our code
    expect(JSON.stringify([row.reason, attempt.error])).not.toMatch(/undefined|\[object|at \w+ \(|node_modules/);
    expect(JSON.stringify([row.reason, attempt.error])).not.toContain(home);
    expect(attempt.error?.message && row.reason?.text.startsWith(attempt.error.message)).toBe(true);
    // the same stands at the end of its log, and what came before is kept
    if (row.reason?.code !== 'inputs') {
      const log = await readLogs(ctx, { runId: run.id, taskId: 't' }, { before: 1_000_000_000, limit: 10 });
      expect(log.items.map((line) => line.text).join('\n')).toContain(attempt.error!.message.split('\n')[0]);
    }
    expect(run.tasks.find((each) => each.taskId === 'good')?.state).toBe('succeeded');
    expect((await previewOutput(ctx, run.id, 'good', { limit: 10, offset: 0, sort: null, profile: false })).rows).toEqual([{ a: 1, b: 'x' }, { a: 2, b: 'y' }]);
  });

  it('and leaves nothing behind on the machine', async () => {
    const work = path.join(home, 'work');
    await vi.waitFor(() => expect(existsSync(work) ? readdirSync(work, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : []).toEqual([]), { timeout: 10_000 });
    expect(existsSync('/tmp/penstock-stolen.csv')).toBe(false);
  });
});

describe('a log takes whatever a task writes', () => {
  it('a line of 10 MB is cut with a note, and the line after it is there', async () => {
    const { run, task } = await endOf(shell("head -c 10485760 /dev/zero | tr '\\0' x; echo; echo after"));
    expect(task.state).toBe('succeeded');
    const { items } = await readLogs(ctx, { runId: run.id, taskId: 't' });
    expect(items[0]!.text.length).toBeLessThan(100_000);
    expect(items[0]!.text).toMatch(/… \[line cut after 64 kB\]$/);
    expect(items[1]!.text).toBe('after');
  });

  it('200,000 lines are all kept, found and counted', async () => {
    const { run, task, attempt } = await endOf(shell('seq 1 200000'));
    expect([task.state, attempt.logLines]).toEqual(['succeeded', 200_000]);
    const log = { runId: run.id, taskId: 't' };
    expect((await readLogs(ctx, log, { before: 1_000_000_000, limit: 1 })).items).toMatchObject([{ n: 200_000, text: '200000' }]);
    expect(await readLogs(ctx, log, { q: '123456' })).toMatchObject({ matches: 1, items: [{ n: 123_456 }] });
    let bytes = 0;
    for await (const chunk of (await logText(ctx, log)) as unknown as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
    expect(bytes).toBeGreaterThan(200_000 * 26);
  });

  it('any script, broken bytes and colours arrive; a secret does not', async () => {
    const { run } = await endOf(shell(`echo 'طيران 🛫 日本'; printf 'caf\\xe9\\n'; printf '\\033[31mred\\033[0m\\n'; echo "key {{ secrets.api_key }}"`));
    const { items } = await readLogs(ctx, { runId: run.id, taskId: 't' });
    const text = items.map((line) => line.text).join('\n');
    expect(text).toContain('طيران 🛫 日本');
    expect(text).toContain('caf');
    expect(text).toContain('red');
    expect(text).toContain('key ');
    expect(text).not.toContain('a-very-secret-value');
    expect(JSON.stringify(await getRun(ctx, run.id))).not.toContain('a-very-secret-value');
  });
});

describe('what was there before is not lost', () => {
  it('a run that fails leaves the dataset as it was, and the next one writes it again', async () => {
    const writer = (text: string) => ({ tasks: [good, sql(text, { writes: 'kept' })], edges: edges('good>t') }) as Partial<DraftSpec>;
    const { id: pipelineId, slug } = await publishSpec(ctx, writer('select * from good'));
    const again = async () => harness.ended((await createRun(ctx, { pipelineSlug: slug })).id);
    const setSql = async (text: string, number: number) => {
      const versionId = (await publishSpec(ctx, writer(text))).versionId;
      await prisma().pipelineVersion.update({ where: { id: versionId }, data: { pipelineId, number } });
      await prisma().pipeline.update({ where: { id: pipelineId }, data: { currentVersion: number } });
    };
    expect((await again()).state).toBe('succeeded');
    await setSql('select aa from good', 2);
    expect((await again()).state).toBe('failed');
    expect(await getDataset(ctx, 'kept')).toMatchObject({ currentVersion: 1, rowCount: 2 });
    expect((await previewVersion(ctx, 'kept', 1, {})).rows).toEqual([{ a: 1, b: 'x' }, { a: 2, b: 'y' }]);
    await setSql('select * from good where a = 1', 3);
    expect((await again()).state).toBe('succeeded');
    expect(await getDataset(ctx, 'kept')).toMatchObject({ currentVersion: 2, rowCount: 1 });
  });

  it('a file named in any script is read, and its columns keep their names', async () => {
    const { run } = await endOf(source({ path: 'رحلات 🛫.csv' }));
    expect((await previewOutput(ctx, run.id, 't', { limit: 10, offset: 0, sort: null, profile: false })).rows).toEqual([{ naïve: 1, '😀': 'x\ny' }]);
  });

  it('several SQL statements are fine when the last one gives rows', async () => {
    const { run } = await endOf(sql("create table x as select a * 2 as b from good; insert into x values (7); delete from x where b = 2; select b from x order by b; -- done"));
    expect((await previewOutput(ctx, run.id, 't', { limit: 10, offset: 0, sort: null, profile: false })).rows).toEqual([{ b: 4 }, { b: 7 }]);
  });
});
