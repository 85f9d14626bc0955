import { expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { hotPool, pool } from '@/lib/db/pool';
import { step, type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { makeContext, publishSpec, testDatabase } from '@/lib/testing';
import { createRun } from './server';

testDatabase();

const TASKS = 40;
const LIMITS = { workerId: newId(), tags: [], inline: 100, process: 0, leaseSeconds: 30, look: false };
const ids = Array.from({ length: TASKS }, (_, i) => `t${i}`);
const end = (c: ClaimedTask): FinishItem => ({ run: c.run_id, ordinal: c.ordinal, fence: c.attempt, task: 'succeeded', attempt: 'succeeded' });

/**
 * How often rows of a table were updated so far, and how often a column was changed that an index names, so that every index got an entry. A
 * version that found no room on its page is left out: whether old ones may be pruned is up to whoever else looks at the database.
 */
async function updates(table: string): Promise<{ all: number; indexed: number }> {
  for (const each of [hotPool(), pool()]) await each.query('select pg_stat_force_next_flush()');
  const { rows } = await pool().query<{ all: number; indexed: number }>(
    `select n_tup_upd::int as all, (n_tup_upd - n_tup_hot_upd - n_tup_newpage_upd)::int as indexed from pg_stat_user_tables where relname = $1`,
    [table],
  );
  return rows[0]!;
}

it('a task that is handed over and ends touches no index of its table, nor does its run’s row', async () => {
  const ctx = await makeContext();
  const { slug } = await publishSpec(ctx, {
    tasks: ids.map((id) => ({ id, kind: 'empty', config: {} })),
    edges: ids.slice(1).map((to, i) => ({ from: ids[i]!, to })),
  });
  await createRun(ctx, { pipelineSlug: slug });
  let { claimed } = await step([], { ...LIMITS, look: true });
  const before = { tasks: await updates('task_run'), runs: await updates('run') };
  let ends = 0;
  for (; claimed.length > 0; ends += 1) ({ claimed } = await step(claimed.map(end), LIMITS));
  expect(ends).toBe(TASKS);
  // counts reach the view when their connection flushes them
  await expect.poll(async () => (await updates('task_run')).all - before.tasks.all, { timeout: 10_000 }).toBe(2 * TASKS - 1);
  const after = { tasks: await updates('task_run'), runs: await updates('run') };
  expect(after.tasks.indexed - before.tasks.indexed).toBeLessThanOrEqual(2);
  // the run's row enters and leaves the indexes of open runs
  expect(after.runs.indexed - before.runs.indexed).toBeLessThanOrEqual(4);
});
