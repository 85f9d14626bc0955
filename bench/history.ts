import type pg from 'pg';
import chain from './chain';
import { runEngineBench } from './engine-bench';
import { numberOption, round, type BenchOptions, type BenchResult } from './result';

const BATCH = 500;

/**
 * history: the chain of 40 with a long history stored, against the same on an empty database. The history is made by the engine's own
 * statements: claimed and finished in batches. Options: --stored tasks (3000000), --tasks (40), --repeats (7).
 */
export default async function history(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const stored = numberOption(options, 'stored', 3_000_000);
  const tasks = numberOption(options, 'tasks', 40);
  say('On an empty database:');
  const empty = await chain({ ...options, tasks: String(tasks) }, say);
  const ids = Array.from({ length: tasks }, (_, i) => `t${i}`);
  let vacuum: unknown;
  say(`With ${stored} finished tasks:`);
  const full = await runEngineBench({
    spec: { schemaVersion: 1, tasks: ids.map((id) => ({ id, kind: 'empty' })), edges: ids.slice(1).map((to, i) => ({ from: ids[i]!, to })) },
    repeats: numberOption(options, 'repeats', 7),
    pages: 0,
    // The product's own worker must not take what is queued here.
    prepare: async (client) => {
      await store(client, stored, say);
      vacuum = (await client.query(`select relname, n_live_tup::int, n_dead_tup::int, last_autovacuum, last_vacuum from pg_stat_user_tables where relname in ('run', 'task_run', 'attempt')`)).rows;
    },
    floorMs: () => Promise.resolve(1),
    value: (ms) => ms,
    unit: 'ms',
    say,
  });
  return { repeats: full.repeats, ours: { ...full.ours, vacuum }, floor: empty.ours, rivals: {}, ratio: round(full.ours.median / empty.ours.median) };
}

/** Stores finished tasks in runs of 500, each claimed and finished by the engine's step under a worker tag that no worker has. */
async function store(client: pg.Client, stored: number, say: (text: string) => void): Promise<void> {
  const { rows } = await client.query<{ id: string; workspace_id: string }>('select id, workspace_id from pipeline limit 1');
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
    const { rows: claimed } = await client.query<{ step: { claimed: { ordinal: number; attempt: number }[] } }>(
      `select penstock_step('[]', gen_random_uuid(), '{history}', 0, $1, 600) as step`,
      [BATCH],
    );
    const items = claimed[0]!.step.claimed.map((c) => ({ run, ordinal: c.ordinal, fence: c.attempt, task: 'succeeded', attempt: 'succeeded' }));
    await client.query(`select penstock_step($1::jsonb, null, '{}', 0, 0, 0)`, [JSON.stringify(items)]);
    if ((done / BATCH) % 200 === 199) say(`  ${done + BATCH} stored, ${Math.round((done + BATCH) / ((performance.now() - began) / 1000))} a second`);
  }
}
