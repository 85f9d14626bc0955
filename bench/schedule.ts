import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove } from '../e2e/fixtures/built-product';
import { durability } from './engine-bench';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';
import { percentile } from './trace';

/** Fires of each schedule that warm up before those that count. */
const WARMUPS = 2;

/**
 * schedule: many pipelines whose schedules all fall due at the same instants, as people's full hours do. The lag is from the instant an
 * interval's run is due to the start of its first task; `lagP99Ms` is its p99. Floor: from one instant,
 * for each schedule a bare transaction that locks its row, writes the rows of a run and moves it on, and a second that starts the task, one
 * after another; its p99.
 * Options: --pipelines (100), --every seconds (5), --seconds (60).
 */
export default async function schedule(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const pipelines = numberOption(options, 'pipelines', 100);
  const every = numberOption(options, 'every', 5);
  const seconds = numberOption(options, 'seconds', 60);
  const product = await newProduct();
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '' });
  await client.connect();
  try {
    const triggers = [{ kind: 'schedule', every: `PT${every}S`, zone: 'UTC', start: '2026-01-01T00:00:00Z', overlap: 'allow_all' }];
    const spec = { schemaVersion: 1, tasks: [{ id: 'a', kind: 'empty' }], edges: [], triggers };
    for (let i = 0; i < pipelines; i++) {
      await product.api('POST', '/w/main/pipelines', { slug: `due-${i}`, name: `Due ${i}`, spec });
      await product.api('POST', `/w/main/pipelines/due-${i}/publish`, {});
    }
    const from = new Date(Date.now() + WARMUPS * every * 1000);
    say(`${pipelines} schedules fall due together every ${every} s; watching for ${seconds} s …`);
    await pause(from.getTime() - Date.now() + seconds * 1000);
    const until = new Date(Date.now() - every * 1000);
    await pause(every * 1000);
    for (let i = 0; i < pipelines; i++) await product.api('PATCH', `/w/main/pipelines/due-${i}`, { paused: true });
    const { rows } = await client.query<{ started: number; fire: Date }>(
      `select r.interval_end as fire, extract(epoch from t.started_at - r.interval_end)::float8 * 1000 as started
       from run r join task_run t on t.run_id = r.id where r.trigger_kind = 'schedule' and r.interval_end > $1 and r.interval_end <= $2 and t.started_at is not null`,
      [from, until],
    );
    const fires = new Set(rows.map((row) => row.fire.getTime())).size;
    if (rows.length !== fires * pipelines) throw new Error(`${rows.length} runs of ${fires} × ${pipelines} were made: a schedule missed an interval.`);
    const started = rows.map((row) => row.started);
    const floor: number[] = [];
    for (let i = -1; i < fires; i++) {
      const lags = await bare(client);
      if (i >= 0) floor.push(...lags);
    }
    const [ours, theirs] = [figure(started, 'ms'), figure(floor, 'ms')];
    const [lag, bareLag] = [round(percentile(started, 0.99)), round(percentile(floor, 0.99))];
    say(`  ${rows.length} runs: lag p50 ${ours.median} ms, p99 ${lag} ms; floor p50 ${theirs.median} ms, p99 ${bareLag} ms`);
    return {
      repeats: fires,
      ours: { ...ours, lagP99Ms: lag, runs: rows.length, pipelines, everySeconds: every, durability: await durability(client) },
      floor: { ...theirs, lagP99Ms: bareLag },
      rivals: {},
      ratio: round(lag / bareLag),
    };
  } finally {
    await client.end();
    await remove(product);
  }
}

/** One instant: every schedule's row is locked, a run with its task written, the row moved on, the task started. @returns each time since the instant, ms */
async function bare(client: pg.Client): Promise<number[]> {
  for (const name of ['run', 'task_run', 'schedule']) await client.query(`create table if not exists bench_${name} (like ${name} including all)`);
  // rows are copied whole, and a generated column takes no value
  await client.query('alter table bench_task_run alter column standing drop expression if exists');
  await client.query('insert into bench_schedule select * from schedule on conflict do nothing');
  const { rows: due } = await client.query<{ id: string; run: string }>(
    `select s.id, (select id from run r where r.trigger_id = s.id::text order by created_at desc limit 1) as run from schedule s`,
  );
  const copy = (name: string, key: string) => `insert into bench_${name} select (jsonb_populate_record(x, jsonb_build_object('${key}', $2::uuid))).* from ${name} x where x.${key} = $1::uuid`;
  const lags: number[] = [];
  const began = performance.now();
  for (const { id, run } of due) {
    const made = crypto.randomUUID();
    await client.query('begin');
    await client.query({ name: 'floor-lock', text: 'select id from bench_schedule where id = $1 for update skip locked', values: [id] });
    await client.query({ name: 'floor-run', text: copy('run', 'id'), values: [run, made] });
    await client.query({ name: 'floor-task', text: copy('task_run', 'run_id'), values: [run, made] });
    await client.query({ name: 'floor-move', text: 'update bench_schedule set covered_until = clock_timestamp(), updated_at = clock_timestamp() where id = $1', values: [id] });
    await client.query('commit');
    await client.query({ name: 'floor-start', text: `update bench_task_run set state = 'running', started_at = clock_timestamp() where run_id = $1`, values: [made] });
    lags.push(performance.now() - began);
  }
  return lags;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
