import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { GET as previewDataset } from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/preview/route';
import { GET as getOutput } from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/output/route';
import { GET as getArtifact } from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/output/artifacts/[artifactId]/route';
import { GET as getArtifacts } from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/output/artifacts/route';
import { listen } from '@/lib/db/notify';
import { dropOutputs, getDataset, previewVersion, stopReaders, store, uploadFile } from '@/lib/datasets/server';
import { readAddress } from '@/lib/datasets/s3/address';
import { s3Store } from '@/lib/datasets/s3/store';
import { expose } from '@/lib/observability/server';
import { type DraftSpec } from '@/lib/pipeline';
import { createRun, getRun, isFinalRun, listAttempts, type RunView } from '@/lib/runs/server';
import { createToken } from '@/lib/tenancy/server';
import { makeContext, publishSpec, testDatabase, type TestContext } from '@/lib/testing';
import { callRoute } from '@/lib/testing/call-route';
import { registerOnnx, serve, startGateway, untilReady } from '@/lib/testing/gateway';
import { sumModel } from '@/lib/testing/onnx';
import { s3Server, type S3Server } from '@/lib/testing/s3';

/** This process is the web process, with the third home. */
const database = testDatabase();
const LEASE_S = 3;

let ctx: TestContext;
let token: string;
let s3: S3Server;
const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-two-homes-'));
const home = (name: string) => path.join(folder, name);
const workers: ChildProcess[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/prepare.mjs', '--no-web'], { stdio: 'ignore' });
  s3 = await s3Server();
  Object.assign(process.env, s3.variables);
  ctx = await makeContext('admin');
  token = (await createToken(ctx, { name: 'reader', role: 'viewer' })).token;
  const rows = Array.from({ length: 500 }, (_, i) => `${i},${['north', 'south', 'west'][i % 3]},${i * 2}`);
  await uploadFile(ctx, 'shop/orders.csv', Buffer.from(`id,region,amount\n${rows.join('\n')}\n`));
}, 180_000);
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => gone(worker, 'SIGTERM')));
}, 60_000);
afterAll(async () => {
  await stopReaders();
  await s3.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A worker process with a home of its own, as `penstock worker --tags …` on another machine is one; resolves when it works. */
async function worker(name: string, tags = ''): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.resolve('dist/worker.mjs'), '--slots', '4', ...(tags ? ['--tags', tags] : [])], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: database.url(), PENSTOCK_HOME: home(name), PENSTOCK_LEASE_SECONDS: String(LEASE_S), LOG_LEVEL: 'fatal' },
  });
  workers.push(child);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The worker ended with ${code ?? 'a signal'}.`)));
  });
  return child;
}

/** A command on this machine, with the bucket unless told otherwise. */
async function command(args: string[], variables: Record<string, string> = {}): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [path.resolve('dist/penstock.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: database.url(), PENSTOCK_HOME: database.home, LOG_LEVEL: 'fatal', ...variables },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (out += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out };
}

async function gone(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}

async function until(id: string, wished: (run: RunView) => boolean): Promise<RunView> {
  let wake = () => undefined as void;
  const listening = await listen(() => wake(), () => wake());
  try {
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 300);
      });
      const run = await getRun(ctx, id);
      if (wished(run)) return run;
      await heard;
    }
  } finally {
    await listening.stop();
  }
}
const ended = (id: string) => until(id, (run) => isFinalRun(run.state));
const stateOf = (run: RunView, taskId: string) => run.tasks.find((task) => task.taskId === taskId)?.state;
const attempts = async (id: string, taskId: string) => (await listAttempts(ctx, id, taskId)).items;

async function start(spec: Partial<DraftSpec>): Promise<string> {
  return (await createRun(ctx, { pipelineSlug: (await publishSpec(ctx, spec)).slug })).id;
}

const get = (handler: Parameters<typeof callRoute>[0], params: Record<string, string>, query = '') => callRoute(handler, { method: 'GET', token, workspace: ctx.workspace.slug, params, query });

const PYTHON = `
from penstock import inputs, output, artifact
rows = inputs.totals.list()
open("note.txt", "w").write("regions: " + ", ".join(sorted(r["region"] for r in rows)))
artifact("note.txt", "note")
output([{**r, "big": r["total"] > 83000} for r in rows])
`;

const SHOP = (dataset: string): Partial<DraftSpec> => ({
  tasks: [
    { id: 'orders', kind: 'source', config: { path: 'shop/orders.csv' }, workerTags: ['left'] },
    { id: 'totals', kind: 'sql', config: { sql: 'select region, sum(amount)::bigint as total from orders group by region order by region' }, workerTags: ['right'] },
    { id: 'judged', kind: 'python', config: { script: PYTHON }, workerTags: ['left'], writes: dataset, checks: [{ type: 'not_null', column: 'region' }] },
    { id: 'sound', kind: 'check', config: { checks: [{ type: 'row_count', min: 3, max: 3 }] }, workerTags: ['right'] },
  ] as DraftSpec['tasks'],
  edges: [{ from: 'orders', to: 'totals' }, { from: 'totals', to: 'judged' }, { from: 'judged', to: 'sound' }],
});

describe('two workers of separate homes, on one database and one bucket', () => {
  it('hand a pipeline over at every edge, and the web process shows what they made', async () => {
    await Promise.all([worker('left', 'left'), worker('right', 'right')]);
    const id = await start(SHOP('regions'));
    const run = await ended(id);
    expect(run.tasks.map((task) => `${task.taskId} ${task.state}`).sort()).toEqual(['judged succeeded', 'orders succeeded', 'sound succeeded', 'totals succeeded']);

    const page = await get(getOutput, { id, taskId: 'totals' }, '?limit=2&sort=total&order=desc&profile=1');
    expect(JSON.parse(page.text)).toMatchObject({ rowCount: 3, rows: [{ region: 'south', total: 83_500 }, { region: 'north' }], profile: { columns: [{ name: 'region', distinct: 3 }, { name: 'total' }] } });
    const csv = await get(getOutput, { id, taskId: 'orders' }, '?format=csv');
    expect(csv.text.split('\n')).toHaveLength(502);
    const parquet = await get(previewDataset, { name: 'regions', n: '1' }, '?format=parquet');
    expect([parquet.status, parquet.text.startsWith('PAR1')]).toEqual([200, true]);
    const version = await get(previewDataset, { name: 'regions', n: '1' });
    expect(JSON.parse(version.text)).toMatchObject({ rowCount: 3, rows: [{ region: 'north', big: true }, { region: 'south', big: true }, { region: 'west', big: false }] });
    const { items } = JSON.parse((await get(getArtifacts, { id, taskId: 'judged' })).text) as { items: { id: string; name: string }[] };
    expect((await get(getArtifact, { id, taskId: 'judged', artifactId: items[0]!.id })).text).toBe('regions: north, south, west');

    // nothing of it lies in a home but copies
    for (const each of [home('left'), home('right'), database.home]) expect([existsSync(path.join(each, 'store')), existsSync(path.join(each, 'cache'))]).toEqual([false, true]);
    const kept = (await store().list()).map(({ key }) => key.split('/')[0]);
    expect(new Set(kept)).toEqual(new Set(['files', 'outputs', 'artifacts', 'datasets']));
    expect(await expose('web')).toMatch(/penstock_store_request_seconds_count\{[^}]*method="GET",outcome="ok"[^}]*\} [1-9]/);
    // the manifest names keys
    expect((await getDataset(ctx, 'regions')).newest).toMatchObject({ state: 'good', files: 1 });

    // retention takes the run's objects out of the bucket; the dataset's own stay
    await dropOutputs(ctx.workspaceId, id);
    expect(await store().list(`outputs/${ctx.workspaceId}/${id}`)).toEqual([]);
    expect((await previewVersion(ctx, 'regions', 1, {})).rowCount).toBe(3);
  }, 120_000);

  it('one of them is killed with -9: the other takes its task and finds its inputs', async () => {
    const [first, ledger] = [await worker('doomed'), path.join(folder, 'ledger.txt')];
    const id = await start({
      tasks: [
        { id: 'orders', kind: 'source', config: { path: 'shop/orders.csv' } },
        { id: 'counted', kind: 'shell', config: { command: `echo begin >> ${ledger}; [ $(wc -l < ${ledger}) -gt 1 ] || sleep 60; cp "$PENSTOCK_INPUT_ORDERS" "$PENSTOCK_OUTPUT"` }, writes: 'saved' },
      ] as DraftSpec['tasks'],
      edges: [{ from: 'orders', to: 'counted' }],
    });
    await until(id, () => existsSync(ledger));
    await Promise.all([gone(first, 'SIGKILL'), worker('heir')]);
    expect((await ended(id)).state).toBe('succeeded');
    expect((await attempts(id, 'counted')).map(({ state }) => state)).toEqual(['lost', 'succeeded']);
    expect((await previewVersion(ctx, 'saved', 1, {})).rowCount).toBe(500);
    expect(readFileSync(ledger, 'utf8')).toBe('begin\nbegin\n');
    expect(readdirSync(home('heir'))).toContain('cache');
  }, 120_000);

  it('the bucket away for five seconds fails nothing', async () => {
    await worker('patient');
    const parts = Array.from({ length: 6 }, (_, i) => `part${i}`);
    const id = await start({
      tasks: [
        { id: 'orders', kind: 'source', config: { path: 'shop/orders.csv' } },
        ...parts.map((part) => ({ id: part, kind: 'sql', config: { sql: 'select region, count(*) as n from orders group by region' } })),
        { id: 'all', kind: 'sql', config: { sql: parts.map((part) => `select * from ${part}`).join(' union all ') }, writes: 'counts' },
      ] as DraftSpec['tasks'],
      edges: parts.flatMap((part) => [{ from: 'orders', to: part }, { from: part, to: 'all' }]),
    });
    await until(id, (run) => stateOf(run, 'orders') === 'succeeded');
    await s3.way.cut();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await s3.way.join();
    const run = await ended(id);
    expect(run.state).toBe('succeeded');
    for (const { taskId } of run.tasks) expect((await attempts(id, taskId)).map(({ state }) => state)).toEqual(['succeeded']);
    expect((await previewVersion(ctx, 'counts', 1, {})).rowCount).toBe(18);
  }, 120_000);

  it('the bucket away for longer ends an attempt with a sentence, and its retry finds it back', async () => {
    await worker('stubborn');
    const file = path.join(folder, 'cut');
    const id = await start({
      tasks: [{ id: 'made', kind: 'shell', config: { command: `touch ${file}; while [ -e ${file} ]; do sleep 0.1; done; printf 'a\\n1\\n' > "$PENSTOCK_OUTPUT"` }, retry: { count: 1, delaySeconds: 1, on: ['store_unavailable'] } }] as DraftSpec['tasks'],
    });
    await until(id, () => existsSync(file));
    await s3.way.cut();
    rmSync(file);
    await until(id, (run) => stateOf(run, 'made') !== 'running');
    await s3.way.join();
    await until(id, () => existsSync(file));
    rmSync(file);
    expect((await ended(id)).state).toBe('succeeded');
    const [failed, done] = await attempts(id, 'made');
    expect(done!.state).toBe('succeeded');
    expect(failed!.error).toMatchObject({ code: 'store_unavailable' });
    expect((failed!.error as { message: string }).message).toMatch(/^The store s3:\/\/penstock-tests\/team at 127\.0\.0\.1:\d+ could not keep "outputs\/.*": nothing listens at that address\. It was asked \d+ times in (2[5-9]|3\d) seconds\./);
  }, 120_000);

  it('a gateway of a fourth home serves a model that the web process took in', async () => {
    await registerOnnx(ctx, 'total', sumModel(['a', 'b']));
    await serve(ctx, 'totals', 'total', 1);
    const gateway = await startGateway({ url: database.url(), home: home('gateway') });
    try {
      await untilReady(ctx, 'totals');
      const answer = await fetch(`${gateway.url}/${ctx.workspace.slug}/v2/models/totals/infer`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ inputs: ['a', 'b'].map((name, i) => ({ name, shape: [1, 1], datatype: 'FP32', data: [i + 1] })) }),
      });
      expect([answer.status, await answer.json()]).toMatchObject([200, { outputs: [{ data: [3] }] }]);
    } finally {
      await gateway.stop();
    }
  }, 60_000);
});

describe('the commands', () => {
  it('say in a sentence what is wrong with the bucket, before anything starts', async () => {
    for (const name of ['worker', 'web']) {
      const refused = await command([name], { PENSTOCK_STORE: 's3://nowhere-to-be-found' });
      expect(refused.code).toBe(1);
      expect(refused.out).toMatch(/The store s3:\/\/nowhere-to-be-found at 127\.0\.0\.1:\d+ could not keep an object: it answered NoSuchBucket\. Create the bucket "nowhere-to-be-found", or correct PENSTOCK_STORE\.\s*$/);
    }
    const bare = await command(['worker'], { AWS_ACCESS_KEY_ID: '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' });
    expect([bare.code, bare.out.trim()]).toEqual([1, 'There are no credentials for the store that PENSTOCK_STORE names. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, for every process.']);
    const whole = await command(['doctor']);
    expect(whole.out).toMatch(/ok +Store +s3:\/\/penstock-tests\/team at 127\.0\.0\.1:\d+: an object was written once, listed, read and deleted/);
    const wrong = await command(['doctor', '--json'], { PENSTOCK_STORE: 's3://nowhere-to-be-found' });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('NoSuchBucket');
    expect(whole.out + wrong.out + bare.out).not.toContain(s3.variables.AWS_SECRET_ACCESS_KEY);
  }, 60_000);

  it('back a bucket up into one archive, and restore it into another one', async () => {
    const archive = path.join(folder, 'all.tar.gz');
    const made = await command(['backup', archive]);
    expect(made, made.out).toMatchObject({ code: 0 });
    const server = inject('databaseServer');
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query('create database restored_into_bucket');
    try {
      const answer = await command(['restore', archive], {
        DATABASE_URL: server.replace(/\/[^/]*$/, '/restored_into_bucket'), PENSTOCK_HOME: home('restored'), PENSTOCK_STORE: `s3://${s3.bucket}/other`,
      });
      expect(answer, answer.out).toMatchObject({ code: 0 });
      expect(answer.out).toContain(`, the files into s3://${s3.bucket}/other at 127.0.0.1:`);
    } finally {
      await client.query('drop database if exists restored_into_bucket with (force)');
      await client.end();
    }
    const other = s3Store({
      address: readAddress(`s3://${s3.bucket}/other`, process.env),
      cache: { folder: home('other-cache'), maxBytes: 1e9 },
    });
    const listed = async (each: typeof other) => (await each.list()).map(({ key, bytes }) => `${key} ${bytes}`).sort();
    expect(await listed(other)).toEqual(await listed(store()));
    expect((await listed(other)).length).toBeGreaterThan(10);
  }, 120_000);
});
