import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { durability } from './engine-bench';
import { LeanClient } from './lean-client';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';
import { percentile } from './trace';

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(1998, 0, 1);
/** Rows per statement of the floor. */
const BATCH = 100;
const WARMUPS = 1;
/** The most runs that a backfill lets be under way at once. */
const AT_ONCE = 100;

/**
 * backfill: a daily schedule over many intervals of one no-op, planned and started over REST. `plannedMs` is the plan, `createdPerSecond`
 * the runs made a second from the start until the last one is made (100 at once: the ones before have to end), `meanwhileP95Ms` a
 * page's read meanwhile. Floor: the same rows of runs, tasks and items written by sets of 100 in bare statements into tables with the same
 * columns and indexes. Options: --intervals (1000), --repeats (3).
 */
export default async function backfill(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const intervals = numberOption(options, 'intervals', 1_000);
  const repeats = numberOption(options, 'repeats', 3);
  const product = await newProduct();
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '' });
  await client.connect();
  const caller = new LeanClient(product);
  try {
    const took = { ours: [] as number[], floor: [] as number[], planned: [] as number[], meanwhile: [] as number[], ended: [] as number[] };
    for (let i = -WARMUPS; i < repeats; i++) {
      // a pipeline of its own each time: an interval that has a run already is skipped
      const slug = `days-${i + WARMUPS}`;
      await daily(product, slug);
      const mine = await measure(caller, client, slug, intervals);
      const floorMs = await bare(client, intervals);
      say(`  ${i < 0 ? 'warm-up' : `${i + 1}/${repeats}`}: planned ${mine.plannedMs.toFixed(0)} ms, made ${mine.createdMs.toFixed(0)} ms, all ended ${mine.endedMs.toFixed(0)} ms, floor ${floorMs.toFixed(0)} ms`);
      if (i < 0) continue;
      took.ours.push((intervals / mine.createdMs) * 1000);
      took.floor.push((intervals / floorMs) * 1000);
      took.planned.push(mine.plannedMs);
      took.ended.push((intervals / mine.endedMs) * 1000);
      took.meanwhile.push(...mine.meanwhile);
    }
    const [ours, floor] = [figure(took.ours, 'runs/s'), figure(took.floor, 'runs/s')];
    return {
      repeats,
      ours: {
        ...ours,
        plannedMs: figure(took.planned, 'ms').median,
        createdPerSecond: ours.median,
        endedPerSecond: figure(took.ended, 'runs/s').median,
        meanwhileP95Ms: round(percentile(took.meanwhile, 0.95)),
        intervals,
        durability: await durability(client),
      },
      floor: { ...floor, createdPerSecond: floor.median },
      rivals: {},
      ratio: round(floor.median / ours.median),
    };
  } finally {
    caller.close();
    await client.end();
    await remove(product);
  }
}

async function daily(product: Product, slug: string): Promise<void> {
  const triggers = [{ kind: 'schedule', cron: '0 0 * * *', zone: 'UTC', enabled: false }];
  const spec = { schemaVersion: 1, tasks: [{ id: 'a', kind: 'empty' }], edges: [], triggers };
  await product.api('POST', '/w/main/pipelines', { slug, name: slug, spec });
  await product.api('POST', `/w/main/pipelines/${slug}/publish`, {});
}

type Measured = { plannedMs: number; createdMs: number; endedMs: number; meanwhile: number[] };

async function measure(caller: LeanClient, client: pg.Client, slug: string, intervals: number): Promise<Measured> {
  const asked = { from: new Date(FIRST).toISOString(), to: new Date(FIRST + (intervals - 1) * DAY_MS).toISOString(), maxActiveRuns: AT_ONCE };
  const planBegan = performance.now();
  const plan = await caller.call<{ token: string; items: unknown[] }>('POST', `/w/main/pipelines/${slug}/backfills/plan`, asked);
  const plannedMs = performance.now() - planBegan;
  if (plan.items.length !== intervals) throw new Error(`The plan has ${plan.items.length} intervals instead of ${intervals}.`);
  const began = performance.now();
  const { id } = await caller.call<{ id: string }>('POST', `/w/main/pipelines/${slug}/backfills`, { token: plan.token });
  let createdMs = 0;
  const meanwhile: number[] = [];
  for (;;) {
    const { rows } = await client.query<{ made: number; state: string }>(
      'select b.state, (select count(*)::int from backfill_item i where i.backfill_id = b.id and i.run_id is not null) as made from backfill b where b.id = $1',
      [id],
    );
    const { made, state } = rows[0]!;
    if (createdMs === 0 && made === intervals) createdMs = performance.now() - began;
    if (state === 'succeeded') return { plannedMs, createdMs, endedMs: performance.now() - began, meanwhile };
    if (state !== 'running') throw new Error(`The backfill ended ${state}.`);
    const asks = performance.now();
    await caller.call('GET', `/w/main/pipelines/${slug}`);
    if (createdMs === 0) meanwhile.push(performance.now() - asks);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The rows that a backfill leaves, written into tables of the same columns and indexes, `BATCH` at a time with a commit each. */
async function bare(client: pg.Client, intervals: number): Promise<number> {
  for (const name of ['run', 'task_run', 'backfill_item']) {
    await client.query(`drop table if exists bench_${name}`);
    await client.query(`create table bench_${name} (like ${name} including all)`);
  }
  // rows are copied whole, and a generated column takes no value
  await client.query('alter table bench_task_run alter column standing drop expression');
  const like = `(select * from task_run where kind = 'empty' order by run_id desc limit 1)`;
  const { rows } = await client.query<{ run: string; backfill: string }>(
    `select t.run_id as run, (select backfill_id from backfill_item where run_id = t.run_id) as backfill from ${like} t`,
  );
  const { run, backfill } = rows[0]!;
  const copy = (name: string, change: Record<string, string>, from: string) => `insert into bench_${name}
    select (jsonb_populate_record(x, jsonb_build_object(${Object.entries(change).map(([column, value]) => `'${column}', ${value}`).join(', ')}))).* from ${from}`;
  await client.query(copy('backfill_item', { interval_start: `x.interval_start + n * interval '1 day'`, run_id: 'null', open: 'true' },
    `backfill_item x, generate_series(100000, 99999 + ${intervals}) n where x.backfill_id = '${backfill}' and x.run_id = '${run}'`));
  const began = performance.now();
  for (let done = 0; done < intervals; done += BATCH) {
    await client.query('begin');
    await client.query('create temporary table bench_ids on commit drop as select gen_random_uuid() as id, n from generate_series($1::int, $2::int) n'.replace('$1', String(done)).replace('$2', String(Math.min(intervals, done + BATCH) - 1)));
    await client.query(copy('run', { id: 'i.id' }, `run x, bench_ids i where x.id = '${run}'`));
    await client.query(copy('task_run', { run_id: 'i.id' }, `task_run x, bench_ids i where x.run_id = '${run}'`));
    await client.query(`update bench_backfill_item b set run_id = i.id, state = 'running' from bench_ids i, backfill_item f
      where f.backfill_id = '${backfill}' and f.run_id = '${run}' and b.backfill_id = f.backfill_id and b.interval_start = f.interval_start + (100000 + i.n) * interval '1 day'`);
    await client.query('commit');
  }
  return performance.now() - began;
}
