import pg from 'pg';
import { BesideWorker } from './beside-worker';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { LeanClient } from './lean-client';
import { figure, round, type BenchResult, type Figure } from './result';

export type Spec = { schemaVersion: 1; tasks: { id: string; kind: 'empty' | 'shell'; config?: { command: string } }[]; edges: { from: string; to: string }[] };

/** A piece of work: the spec that the product runs, and the same without anything around it on a bare database. */
export type Work = {
  spec: Spec;
  /** floor: one measurement on the same database, in milliseconds */
  floorMs(client: pg.Client): Promise<number>;
  /** milliseconds of ours, the floor or a rival as the figure's value */
  value(ms: number): number;
  unit: string;
};

/**
 * Another program that does the same work on the same database. apart: it waits by timers for seconds, while the others would cool down, so it
 * is measured in rounds of its own after theirs.
 */
export type Rival = { name: string; measureMs: () => Promise<number>; stop: () => Promise<void>; apart?: boolean };

/** Rounds of what is measured apart. */
const APART_REPEATS = 5;

/** What an engine bench measures: the same spec run again and again through the public path, against a bare database. */
export type EngineBench = Work & {
  repeats: number;
  /** rounds before those that count, which warm plans and code (2); a chain of some milliseconds needs more: its code is compiled after about 20 */
  warmups?: number;
  /** live pages (event streams that read the run again at every change) open meanwhile */
  pages: number;
  /** worker processes that claim, the product's own among them (1) */
  claimers?: number;
  /** extra environment of the product, for example PENSTOCK_SLOTS */
  env?: Record<string, string>;
  /** starts rivals on the product's PostgreSQL; what it put into `started` is stopped whatever happens */
  startRivals?(url: string, started: Rival[]): Promise<void>;
  say(text: string): void;
};

/**
 * runEngineBench starts a product of its own, publishes the spec and times trigger → succeeded over REST, alternating with the
 * floor and the rivals on the same database so that all see the same machine; every other round goes the other way round.
 */
export async function runEngineBench(bench: EngineBench): Promise<BenchResult> {
  const product = await newProduct(bench.env ?? {});
  const url = findEmbedded(product.home);
  if (!url) throw new Error('The product under test runs no embedded database.');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const closing = new AbortController();
  const caller = new LeanClient(product);
  const rivals: Rival[] = [];
  const beside = Array.from({ length: (bench.claimers ?? 1) - 1 }, () => new BesideWorker(product, { slots: 4, env: {}, againMs: 500 }));
  try {
    await publish(product, 'bench', bench.spec);
    await liveWorkers(client, beside.length + 1);
    const ours: number[] = [];
    const floor: number[] = [];
    await bench.startRivals?.(url, rivals);
    const theirs = new Map<string, number[]>(rivals.map(({ name }) => [name, []]));
    const near = rivals.filter((rival) => !rival.apart);
    for (let i = -(bench.warmups ?? 2); i < bench.repeats; i++) {
      const took = new Map<string, number>();
      const turns: [name: string, measureMs: () => Promise<number>][] = [
        ['floor', () => bench.floorMs(client)],
        ['ours', () => timeRun(caller, 'bench', bench.pages, closing.signal)],
        ...near.map(({ name, measureMs }): [string, () => Promise<number>] => [name, measureMs]),
      ];
      for (const [name, measureMs] of i % 2 === 0 ? turns : turns.toReversed()) took.set(name, await measureMs());
      if (i < 0) continue;
      for (const [name, ms] of took) (name === 'ours' ? ours : name === 'floor' ? floor : theirs.get(name))?.push(bench.value(ms));
      bench.say(`  ${i + 1}/${bench.repeats}: ${turns.map(([name]) => `${name} ${took.get(name)!.toFixed(1)} ms`).join(', ')}`);
    }
    for (const { name, measureMs } of rivals.filter((rival) => rival.apart)) {
      for (let i = -1; i < APART_REPEATS; i++) {
        const ms = await measureMs();
        if (i < 0) continue;
        theirs.get(name)?.push(bench.value(ms));
        bench.say(`  ${i + 1}/${APART_REPEATS}: ${name} ${ms.toFixed(1)} ms`);
      }
    }
    const mine: Figure = { ...figure(ours, bench.unit), durability: await durability(client), pages: bench.pages, claimers: bench.claimers ?? 1 };
    const bare = figure(floor, bench.unit);
    const ratio = bench.unit === 'ms' ? mine.median / bare.median : bare.median / mine.median;
    return {
      repeats: bench.repeats,
      ours: mine,
      floor: bare,
      rivals: Object.fromEntries([...theirs].map(([name, values]) => [name, figure(values, bench.unit)])),
      ratio: round(ratio),
    };
  } finally {
    closing.abort();
    caller.close();
    for (const other of [...rivals, ...beside]) await other.stop();
    await client.end();
    await remove(product);
  }
}

/** publish makes a pipeline of a spec. */
export async function publish(product: Product, slug: string, spec: Spec): Promise<void> {
  await product.api('POST', '/w/main/pipelines', { slug, name: slug, spec });
  await product.api('POST', `/w/main/pipelines/${slug}/publish`, {});
}

async function liveWorkers(client: pg.Client, wanted: number): Promise<void> {
  for (let waited = 0; waited < 600; waited++) {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from worker where 'executor' = any(roles) and not draining`);
    if (rows[0]!.n >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${wanted} workers did not start within a minute.`);
}

/**
 * timeRun gives the milliseconds from the trigger of a pipeline over REST to its succeeded run.
 * @param pages live pages open meanwhile, until `signal` aborts
 * @throws Error when the run does not succeed
 */
export async function timeRun(client: LeanClient, slug: string, pages = 0, signal = new AbortController().signal): Promise<number> {
  const began = performance.now();
  const run = await client.call<{ id: string; state: string }>('POST', `/w/main/pipelines/${slug}/runs`, {});
  const leave = new AbortController();
  for (let i = 0; i < pages; i++) watchRun(client, run.id, AbortSignal.any([signal, leave.signal]));
  let ended = run;
  while (!['succeeded', 'failed', 'cancelled'].includes(ended.state)) {
    ended = await client.call<{ id: string; state: string }>('GET', `/w/main/runs/${run.id}/wait?timeoutSeconds=120`);
  }
  const ms = performance.now() - began;
  leave.abort();
  if (ended.state !== 'succeeded') throw new Error(`Run ${run.id} ended ${ended.state}.`);
  return ms;
}

/** What an open run page does: it reads the run again at every change it is told of, one read at a time. */
function watchRun(client: LeanClient, id: string, signal: AbortSignal): void {
  let reading = false;
  let again = false;
  const read = async (): Promise<void> => {
    reading = true;
    do {
      again = false;
      await client.call('GET', `/w/main/runs/${id}`).catch(() => undefined);
    } while (again && !signal.aborted);
    reading = false;
  };
  client.events(`/w/main/runs/${id}/events`, signal, () => {
    if (reading) again = true;
    else void read();
  });
}

/** durability tells the settings that decide what a commit is worth. */
export async function durability(client: pg.Client): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [name]);
    settings[name] = rows[0]?.value ?? '';
  }
  return settings;
}
