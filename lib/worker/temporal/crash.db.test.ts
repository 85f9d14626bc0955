import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '@/lib/db/notify';
import { createRun, getRun, isFinalRun, listAttempts, type RunView } from '@/lib/runs/server';
import { makeContext, publishSpec, testDatabase, type TestContext } from '@/lib/testing';
import { temporalServer, type TemporalServer } from '@/lib/testing/temporal';
import { attemptId } from './queues';
import { loadSdk } from './sdk';

const database = testDatabase();
/** Short, so that a killed worker is noticed soon; longer than a busy machine keeps a process from its turn. */
const LEASE_S = 6;
const AWAY_MS = 12_000;

let ctx: TestContext;
let temporal: TemporalServer;
let folder: string;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  ctx = await makeContext('editor');
  folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-temporal-ledger-'));
  temporal = await temporalServer({ durable: true });
}, 300_000);
afterAll(() => temporal.remove());
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => gone(worker, 'SIGKILL')));
});

/** A worker process as `penstock worker --executor temporal` is one; resolves when it works. */
async function worker(slots: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.resolve('dist/worker.mjs'), '--slots', String(slots)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: database.url(), PENSTOCK_HOME: database.home, PENSTOCK_EXECUTOR: 'temporal', TEMPORAL_ADDRESS: temporal.address, PENSTOCK_LEASE_SECONDS: String(LEASE_S), LOG_LEVEL: 'error' },
  });
  workers.push(child);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The worker ended with ${code ?? 'a signal'}.`)));
  });
  return child;
}

async function gone(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}

/** Tasks beside each other, each with two lines in the ledger: when its command begins and when it is done. */
async function start(name: string, tasks: number, seconds: number): Promise<{ id: string; ledger: () => string[] }> {
  const file = path.join(folder, `${name}.txt`);
  const { slug } = await publishSpec(ctx, {
    tasks: Array.from({ length: tasks }, (_, i) => ({ id: `t${i}`, kind: 'shell', config: { command: `echo "begin t${i}" >> ${file}; sleep ${seconds}; echo "done t${i}" >> ${file}` } })),
  });
  const { id } = await createRun(ctx, { pipelineSlug: slug });
  return { id, ledger: () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []) };
}

async function until(id: string, wished: (run: RunView) => boolean): Promise<RunView> {
  let wake = () => undefined as void;
  const listening = await listen(() => wake(), () => wake());
  try {
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 500);
      });
      const run = await getRun(ctx, id);
      if (wished(run)) return run;
      await heard;
    }
  } finally {
    await listening.stop();
  }
}

const count = (run: RunView, state: string) => run.tasks.filter((task) => task.state === state).length;

/** Nothing lost, nothing doubled, nothing called failed that finished. */
async function expectOnce(run: RunView, ledger: string[]): Promise<string[][]> {
  expect(run.state).toBe('succeeded');
  const all: string[][] = [];
  for (const { taskId } of run.tasks) {
    const attempts = (await listAttempts(ctx, run.id, taskId)).items;
    for (const { number, state, error } of attempts) if (error) console.warn(`${taskId}, attempt ${number}: ${state}, ${JSON.stringify(error)}`);
    const states = attempts.map((attempt) => attempt.state);
    expect(states.filter((state) => state === 'succeeded'), taskId).toHaveLength(1);
    expect(states.every((state) => state === 'succeeded' || state === 'lost'), `${taskId}: ${states.join(', ')}`).toBe(true);
    // an effect for the completion that counted; a killed attempt may have left none or one
    const done = ledger.filter((line) => line === `done ${taskId}`).length;
    expect(done).toBeGreaterThanOrEqual(1);
    expect(done).toBeLessThanOrEqual(states.length);
    all.push(states);
  }
  return all;
}

describe('with Temporal', () => {
  it('an attempt is one activity, which Temporal knows as completed', async () => {
    await worker(4);
    const { id, ledger } = await start('plain', 2, 0);
    await expectOnce(await until(id, (run) => isFinalRun(run.state)), ledger());
    const { client } = loadSdk();
    const connection = client.Connection.lazy({ address: temporal.address });
    const handle = new client.Client({ connection, namespace: 'default' }).activity.getHandle(attemptId(id, 0, 1));
    await expect.poll(async () => (await handle.describe()).status).toBe('COMPLETED');
    await connection.close();
  }, 60_000);

  it('a worker killed with -9 costs a lease, and nothing else', async () => {
    const first = await worker(4);
    const { id, ledger } = await start('killed-worker', 8, 2);
    await until(id, () => ledger().filter((line) => line.startsWith('begin')).length >= 3);
    await worker(4);
    await gone(first, 'SIGKILL');
    const run = await until(id, (each) => isFinalRun(each.state));
    const states = await expectOnce(run, ledger());
    expect(states.filter((each) => each.includes('lost')).length).toBeGreaterThan(0);
  }, 120_000);

  it('the server away for 12 seconds: what ran is recorded meanwhile, what waited runs afterwards', async () => {
    await worker(3);
    const { id, ledger } = await start('server-away', 9, 3);
    await until(id, () => ledger().filter((line) => line.startsWith('begin')).length >= 3);
    await temporal.kill();
    const killedAt = performance.now();
    const meanwhile = await until(id, (run) => count(run, 'succeeded') >= 3);
    expect(count(meanwhile, 'failed')).toBe(0);
    expect(performance.now() - killedAt).toBeLessThan(AWAY_MS);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, AWAY_MS - (performance.now() - killedAt))));
    await temporal.start();
    const states = await expectOnce(await until(id, (run) => isFinalRun(run.state)), ledger());
    expect(states.flat()).toEqual(Array(9).fill('succeeded'));
  }, 180_000);

  it('worker and server killed with -9 together', async () => {
    const first = await worker(3);
    const { id, ledger } = await start('both-killed', 6, 2);
    await until(id, () => ledger().filter((line) => line.startsWith('begin')).length >= 2);
    await Promise.all([gone(first, 'SIGKILL'), temporal.kill()]);
    await temporal.start();
    await worker(3);
    await expectOnce(await until(id, (run) => isFinalRun(run.state)), ledger());
  }, 180_000);
});
