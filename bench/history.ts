import pg from 'pg';
import { randomUUID } from 'node:crypto';
import { findEmbedded } from '@/lib/db/embedded';
import { step } from '@/lib/dispatch/server';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { chainOf } from './chain';
import { durability, publish, timeRun } from './engine-bench';
import { fanoutOf } from './fanout';
import { LeanClient } from './lean-client';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';

const BATCH = 500;
const WARMUPS = 2;

/**
 * history: chain and fan-out where a long history is stored, in turns with the same in a second product that has none. The history is made
 * by the engine's own statements: claimed and finished in batches; nothing is vacuumed by hand, and the state of vacuum is told. The figure
 * is the chain's in ms; `fanout` beside it in tasks/s, its own `ratio` with it. Options: --stored tasks (3000000), --tasks of the chain
 * (40), --fanout tasks (1000), --repeats (7).
 */
export default async function history(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const stored = numberOption(options, 'stored', 3_000_000);
  const leaves = numberOption(options, 'fanout', 1_000);
  const repeats = numberOption(options, 'repeats', 7);
  const works = { chain: chainOf(numberOption(options, 'tasks', 40)), fanout: fanoutOf(leaves) };
  const products: Product[] = [];
  const callers: LeanClient[] = [];
  let client: pg.Client | undefined;
  try {
    products.push(await newProduct(), await newProduct());
    const [empty, full] = products as [Product, Product];
    const [bareCaller, longCaller] = [new LeanClient(empty), new LeanClient(full)];
    callers.push(bareCaller, longCaller);
    client = new pg.Client({ connectionString: findEmbedded(full.home) ?? '' });
    await client.connect();
    for (const product of products) for (const [slug, { spec }] of Object.entries(works)) await publish(product, slug, spec);
    await store(client, stored, say);
    const vacuum = await vacuumState(client);
    say(`  vacuum: ${JSON.stringify(vacuum)}`);
    const took: Record<string, { empty: number[]; full: number[] }> = { chain: { empty: [], full: [] }, fanout: { empty: [], full: [] } };
    for (let i = -WARMUPS; i < repeats; i++) {
      for (const [slug, work] of Object.entries(works)) {
        const [bare, long] = [await timeRun(bareCaller, slug), await timeRun(longCaller, slug)];
        if (i < 0) continue;
        took[slug]?.empty.push(work.value(bare));
        took[slug]?.full.push(work.value(long));
        say(`  ${i + 1}/${repeats}: ${slug} ${long.toFixed(1)} ms, with no history ${bare.toFixed(1)} ms`);
      }
    }
    const of = (slug: 'chain' | 'fanout', which: 'empty' | 'full') => figure(took[slug]?.[which] ?? [], works[slug].unit);
    const [chain, bareChain, fanout, bareFanout] = [of('chain', 'full'), of('chain', 'empty'), of('fanout', 'full'), of('fanout', 'empty')];
    return {
      repeats,
      ours: { ...chain, stored, fanout: { ...fanout, ratio: round(bareFanout.median / fanout.median) }, vacuum, vacuumAfter: await vacuumState(client), durability: await durability(client) },
      floor: { ...bareChain, fanout: bareFanout },
      rivals: {},
      ratio: round(chain.median / bareChain.median),
    };
  } finally {
    for (const caller of callers) caller.close();
    await client?.end();
    for (const product of products) await remove(product);
  }
}

async function vacuumState(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `select relname, n_live_tup::int as live, n_dead_tup::int as dead, pg_table_size(relid)::float8 / 1048576 as "tableMb", pg_indexes_size(relid)::float8 / 1048576 as "indexMb",
       last_autovacuum, last_autoanalyze from pg_stat_user_tables where relname in ('run', 'task_run', 'attempt') order by relname`,
  );
  return rows;
}

/** Stores finished tasks in runs of 500, each claimed and finished by the engine's step under a worker tag that no worker has. */
async function store(client: pg.Client, stored: number, say: (text: string) => void): Promise<void> {
  const { rows } = await client.query<{ id: string; workspace_id: string }>(`select id, workspace_id from pipeline where slug = 'chain'`);
  const pipeline = rows[0]!;
  const began = performance.now();
  for (let done = 0; done < stored; done += BATCH) {
    const { rows: made } = await client.query<{ id: string }>(
      `insert into run (id, workspace_id, pipeline_id, pipeline_slug, trigger_kind, state, unfinished, finished_at, started_at)
       values (gen_random_uuid(), $1, $2, 'history', 'manual', 'running', $3, null, now()) returning id`,
      [pipeline.workspace_id, pipeline.id, BATCH],
    );
    const run = made[0]!.id;
    await client.query(
      `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, state, worker_tags, gate, ready_at)
       select $1, n, 't' || n, $2, $3, 'shell', 'ready', '{history}', E'\\nhistory', clock_timestamp() from generate_series(0, $4::int - 1) n`,
      [run, pipeline.workspace_id, pipeline.id, BATCH],
    );
    const worker = { workerId: randomUUID(), tags: ['history'], inline: 0, process: BATCH, leaseSeconds: 600 };
    const { claimed } = await step([], worker, client);
    if (claimed.length !== BATCH) throw new Error(`${claimed.length} of ${BATCH} tasks of the history could be claimed.`);
    await step(claimed.map((c) => ({ run, ordinal: c.ordinal, fence: c.attempt, task: 'succeeded', attempt: 'succeeded' })), null, client);
    if ((done / BATCH) % 200 === 199) say(`  ${done + BATCH} stored, ${Math.round((done + BATCH) / ((performance.now() - began) / 1000))} a second`);
  }
  const { rows: kept } = await client.query<{ tasks: number; runs: number }>(
    `select (select count(*) from task_run t join run r on r.id = t.run_id where r.pipeline_slug = 'history' and t.state = 'succeeded')::int as tasks,
       (select count(*) from run where pipeline_slug = 'history' and state = 'succeeded')::int as runs`,
  );
  if (kept[0]!.tasks < stored || kept[0]!.runs < stored / BATCH) throw new Error(`Only ${kept[0]!.tasks} tasks and ${kept[0]!.runs} runs of the history ended succeeded.`);
}
