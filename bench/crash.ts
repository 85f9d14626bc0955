import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { BesideWorker } from './beside-worker';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { numberOption, round, type BenchOptions, type BenchResult } from './result';

const LEASE_S = 5;
const TASKS_A_RUN = 100;
/** Runs that are started before their turn, so that work waits when nobody can start any. */
const RUNS_AHEAD = 8;
/** Between two kills as much work is waited for as is theirs, but no longer than this, in milliseconds. */
const PROGRESS_MS = 12_000;
/** After the last kill everything must have ended within this time, in milliseconds. */
const SETTLE_MS = 240_000;

/**
 * crash kills workers (which schedule, too), the web process and PostgreSQL with -9 at random while tasks run, and restarts PostgreSQL.
 * A ledger outside the product notes every effect (by run, task and attempt), a trigger of the bench every completion. `lost`: tasks that
 * did not end succeeded, or did without their effect; `doubled`: completions recorded twice; `leakedSlots`: attempts still held when
 * everything has ended; `longestOverdueSeconds`: how long a lease stood past its time. Options: --kills (200), --tasks (20000),
 * --workers beside the product's own (2), --seed (1).
 */
export default async function crash(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const kills = numberOption(options, 'kills', 200);
  const tasks = numberOption(options, 'tasks', 20_000);
  const extra = numberOption(options, 'workers', 2);
  const random = mulberry(numberOption(options, 'seed', 1));
  const ledger = await openLedger();
  const product = await newProduct({ PENSTOCK_LEASE_SECONDS: String(LEASE_S), PENSTOCK_ALLOW_HOSTS: '127.0.0.1', PENSTOCK_SLOTS: '8' });
  const workers = Array.from({ length: extra }, () => besideOf(product));
  const url = findEmbedded(product.home) ?? '';
  const database = new Asker(url);
  const stopped = new AbortController();
  try {
    await mkdir(ledger.folder(product), { recursive: true });
    await database.ask(TRIGGER);
    await product.api('POST', '/w/main/pipelines', { slug: 'crash', name: 'Crash', spec: pipeline(ledger.url, ledger.file(product)) });
    await product.api('POST', '/w/main/pipelines/crash/publish', {});
    const watch = watchLeases(database);
    const runs = Math.max(1, Math.round(tasks / TASKS_A_RUN));
    const killed: Record<string, number> = {};
    const began = performance.now();
    let started = 0;
    const starting: Promise<string>[] = [];
    for (let kill = 0; kill < kills; kill++) {
      // work is spread over the kills, so that each of them hits some
      for (; started < Math.min(runs, Math.ceil((runs * (kill + 1)) / kills) + RUNS_AHEAD); started++) starting.push(startRun(product, stopped.signal));
      await pause(300 + random() * 1_700);
      const target = await strike(product, workers, random);
      killed[target] = (killed[target] ?? 0) + 1;
      // what is killed again before it did anything proves nothing
      await progress(database, Math.floor((tasks * (kill + 1) * 0.9) / kills));
      if ((kill + 1) % 20 === 0) say(`  ${kill + 1} kills, ${started} runs started, ${await ended(database)} ended`);
    }
    const accepted = await Promise.all(starting);
    const until = performance.now() + SETTLE_MS;
    while ((await openRuns(database)) > 0 && performance.now() < until) await pause(500);
    const seconds = (performance.now() - began) / 1000;
    const longestOverdueSeconds = round(watch.stop());
    const ours = await judge(database, ledger, product, accepted);
    say(`  ${seconds.toFixed(0)} s; killed ${JSON.stringify(killed)}`);
    return {
      repeats: 1,
      ours: { median: ours.lost + ours.doubled + ours.leakedSlots, min: 0, max: ours.lost + ours.doubled + ours.leakedSlots, unit: 'violations', kills, ...ours, killed, seconds: round(seconds), leaseSeconds: LEASE_S, longestOverdueSeconds },
      floor: {},
      rivals: {},
      ratio: null,
    };
  } finally {
    stopped.abort();
    await Promise.all(workers.map((worker) => worker.stop()));
    await database.close();
    await remove(product);
    ledger.close();
  }
}

/** Notes every time a task's row becomes succeeded, whoever does it. */
const TRIGGER = `
  create table bench_completion (run_id uuid, ordinal int, attempt int, at timestamptz default clock_timestamp());
  create function bench_note() returns trigger language plpgsql as $$ begin
    insert into bench_completion (run_id, ordinal, attempt) values (new.run_id, new.ordinal, new.attempt); return null; end $$;
  create trigger bench_note after update of state on task_run for each row
    when (new.state = 'succeeded' and old.state is distinct from 'succeeded') execute function bench_note()`;

/** Layers of ten: no-ops, calls of the ledger, commands that write into it; each after one of the layer before. */
function pipeline(ledgerUrl: string, file: string) {
  const kindOf = (i: number) => (i % 10 === 3 ? 'shell' : i % 5 === 1 ? 'http' : 'empty');
  const taskOf = (i: number) => {
    const id = `t${i}`;
    if (kindOf(i) === 'http') return { id, kind: 'http', config: { method: 'GET', output: 'json', url: `${ledgerUrl}/{{ run.id }}/${id}` } };
    if (kindOf(i) === 'shell') return { id, kind: 'shell', config: { command: `echo "{{ run.id }} ${id} $PENSTOCK_ATTEMPT_KEY" >> ${file}` } };
    return { id, kind: 'empty', config: {} };
  };
  return {
    schemaVersion: 1,
    tasks: Array.from({ length: TASKS_A_RUN }, (_, i) => taskOf(i)),
    edges: Array.from({ length: TASKS_A_RUN - 10 }, (_, i) => ({ from: `t${i}`, to: `t${i + 10}`, data: false })),
  };
}

type Ledger = { url: string; folder(product: Product): string; file(product: Product): string; effects(product: Product): Set<string>; close(): void };

async function openLedger(): Promise<Ledger> {
  const called = new Set<string>();
  const server = createServer((request, response) => {
    called.add((request.url ?? '').slice(1).replace('/', ' '));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"noted":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = (product: Product) => path.join(product.home, 'ledger');
  const file = (product: Product) => path.join(folder(product), 'effects.txt');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    file,
    effects: (product) => {
      const written = readFileSync(file(product), 'utf8').split('\n').map((line) => line.split(' ').slice(0, 2).join(' '));
      return new Set([...called, ...written]);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** startRun asks until the web process says that the run exists. An answer that was lost may leave a run more, which must end as well. */
async function startRun(product: Product, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    try {
      const response = await fetch(`${product.url}/api/v1/w/main/pipelines/crash/runs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
        body: '{}',
        signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
      });
      if (response.status === 201) return ((await response.json()) as { id: string }).id;
    } catch {
      // it was killed and comes back
    }
    await pause(300);
  }
  throw new Error('The bench ended before the run was accepted.');
}

/** A worker that comes back half a second after it was killed. */
const besideOf = (product: Product) =>
  new BesideWorker(product, { slots: 4, env: { PENSTOCK_LEASE_SECONDS: String(LEASE_S), PENSTOCK_ALLOW_HOSTS: '127.0.0.1' }, againMs: 500 });

/** strike kills one process, or restarts the database, and says what it was. */
async function strike(product: Product, workers: BesideWorker[], random: () => number): Promise<string> {
  const draw = random();
  if (draw < 0.35 && workers.length > 0) {
    workers[Math.floor(random() * workers.length)]!.kill();
    return 'worker';
  }
  if (draw < 0.5) return (await killChild(product, 'worker')) ? 'worker' : strike(product, workers, random);
  if (draw < 0.7) return (await killChild(product, 'web')) ? 'web' : strike(product, workers, random);
  try {
    const how = draw < 0.85 ? 'SIGKILL' : 'SIGINT';
    process.kill(product.databasePid(), how);
    return how === 'SIGKILL' ? 'postgresql' : 'postgresqlRestart';
  } catch {
    return strike(product, workers, random);
  }
}

async function killChild(product: Product, name: 'web' | 'worker'): Promise<boolean> {
  try {
    process.kill(await product.childPid(name), 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Asks the database, again and again while it is away. */
class Asker {
  private client: pg.Client | undefined;
  private closed = false;

  constructor(private readonly url: string) {}

  async ask<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
    while (!this.closed) {
      try {
        if (!this.client) {
          const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 5_000 });
          client.on('error', () => (this.client = undefined));
          await client.connect();
          this.client = client;
        }
        return (await this.client.query<T>(text)).rows;
      } catch (error) {
        if (error instanceof pg.DatabaseError && !/^(57P|08)/.test(error.code ?? '')) throw error;
        this.client = undefined;
        await pause(300);
      }
    }
    return [];
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }
}

const count = async (database: Asker, text: string): Promise<number> => Number((await database.ask<{ n: string }>(text))[0]?.n ?? 0);
const openRuns = (database: Asker) => count(database, `select count(*) as n from run where state in ('queued', 'running')`);
const ended = (database: Asker) => count(database, `select count(*) as n from run where state not in ('queued', 'running')`);

/** Resolves when so many tasks have ended, or after a while. */
async function progress(database: Asker, wished: number): Promise<void> {
  const until = performance.now() + PROGRESS_MS;
  while (performance.now() < until && (await count(database, 'select count(*) as n from bench_completion')) < wished) await pause(200);
}

/** Looks once a second how long any lease has stood past its time. */
function watchLeases(database: Asker): { stop(): number } {
  let longest = 0;
  let stopped = false;
  void (async () => {
    while (!stopped) {
      const text = `select coalesce(extract(epoch from max(clock_timestamp() - lease_until)), 0) as n from attempt
                    where state in ('dispatching', 'running') and lease_until < clock_timestamp()`;
      longest = Math.max(longest, await count(database, text));
      await pause(1_000);
    }
  })();
  return {
    stop: () => {
      stopped = true;
      return longest;
    },
  };
}

async function judge(database: Asker, ledger: Ledger, product: Product, accepted: string[]) {
  const rows = await database.ask<{ run_id: string; task_id: string; kind: string; state: string; reason: { text?: string } | null }>('select run_id, task_id, kind, state, reason from task_run');
  const effects = ledger.effects(product);
  const unended = rows.filter((row) => row.state !== 'succeeded');
  const withoutEffect = rows.filter((row) => row.state === 'succeeded' && row.kind !== 'empty' && !effects.has(`${row.run_id} ${row.task_id}`));
  const known = new Set(rows.map((row) => row.run_id));
  const missingRuns = accepted.filter((id) => !known.has(id)).length;
  const doubled = await count(database, 'select count(*) as n from (select 1 from bench_completion group by run_id, ordinal having count(*) > 1) d');
  const twoSuccesses = await count(database, `select count(*) as n from (select 1 from attempt where state = 'succeeded' group by run_id, ordinal having count(*) > 1) d`);
  const leakedSlots = await count(database, `select count(*) as n from attempt where state in ('dispatching', 'running') or lease_until is not null`);
  const lostAttempts = await count(database, `select count(*) as n from attempt where state = 'lost'`);
  const states: Record<string, number> = {};
  for (const row of rows) states[row.state] = (states[row.state] ?? 0) + 1;
  return {
    tasks: rows.length,
    lost: unended.length + withoutEffect.length + missingRuns * TASKS_A_RUN,
    doubled: doubled + twoSuccesses,
    leakedSlots,
    lostAttempts,
    states,
    reasons: [...new Set(unended.map((row) => row.reason?.text ?? ''))].slice(0, 5),
  };
}

/** mulberry gives the same numbers in [0, 1) for the same seed. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
