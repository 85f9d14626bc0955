import { beforeEach, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { hotPool, pool } from '@/lib/db/pool';
import { hasReadyWork, step, tellOldFanOuts, type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { makeContext, publishSpec, testDatabase } from '@/lib/testing';
import { FAN_OUT } from './new-tasks';
import { cancelRun, clearTask, createRun, markTask } from './server';

testDatabase();

const TASKS = FAN_OUT + 20;
const LIMITS = { workerId: newId(), tags: [], inline: 50, process: 0, leaseSeconds: 30 };
const end = (c: ClaimedTask): FinishItem => ({ run: c.run_id, ordinal: c.ordinal, fence: c.attempt, task: 'succeeded', attempt: 'succeeded' });
const take = async (limits: Partial<typeof LIMITS> = {}) => step([], { ...LIMITS, ...limits });

let ctx: Awaited<ReturnType<typeof makeContext>>;
beforeEach(async () => {
  await pool().query('truncate run, task_run, attempt cascade');
  ctx = await makeContext('editor');
});

/** A run of one task, `TASKS` that wait for it alone, and one that waits for them all. */
async function makeRun(kind: 'empty' | 'shell' = 'empty', priorities: Record<string, number> = {}): Promise<string> {
  const ids = Array.from({ length: TASKS }, (_, i) => `t${i}`);
  const { slug } = await publishSpec(ctx, {
    tasks: [
      { id: 'first', kind: 'empty', config: {} },
      ...ids.map((id) => ({ id, kind, config: kind === 'shell' ? { command: 'true' } : {}, ...(priorities[id] ? { priority: priorities[id] } : {}) })),
      { id: 'last', kind: 'empty', config: {} },
    ],
    edges: ids.flatMap((id) => [{ from: 'first', to: id, data: false }, { from: id, to: 'last', data: false }]),
  });
  return (await createRun(ctx, { pipelineSlug: slug })).id;
}

/** Takes the first task and records its end: of the fan-out this worker takes as many as it can hold. */
async function begin(limits: Partial<typeof LIMITS> = {}) {
  const { claimed } = await take();
  expect(claimed.map((c) => c.task_id)).toEqual(['first']);
  return step(claimed.map(end), { ...LIMITS, ...limits });
}

/** How many tasks of a run, the first and the last aside, are in which state. */
async function counted(run: string): Promise<Record<string, number>> {
  const { rows } = await pool().query<{ state: string; n: number }>(`select state, count(*)::int as n from task_run where run_id = $1 and task_id like 't%' group by state`, [run]);
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** Performs all there is, and gives the run's state then. Each task must be taken once. */
async function performAll(run: string, claimed: ClaimedTask[]): Promise<string> {
  const taken = new Set<string>();
  for (let round = 0; round < 50; round += 1) {
    for (const c of claimed) {
      expect(taken).not.toContain(`${c.run_id}/${c.ordinal}/${c.attempt}`);
      taken.add(`${c.run_id}/${c.ordinal}/${c.attempt}`);
    }
    const answer = await step(claimed.map(end), LIMITS);
    ({ claimed } = answer);
    if (claimed.length === 0 && !answer.again) break;
  }
  const { rows } = await pool().query<{ state: string }>('select state from run where id = $1', [run]);
  return rows[0]!.state;
}

const open = async () => (await pool().query('select 1 from fan_out where opened_at is not null')).rowCount;
const counters = async (run: string) =>
  (await pool().query<Record<string, number>>(`select distinct n_pending, n_succeeded, n_failed + n_upstream_failed + n_skipped as others from task_run where run_id = $1 and task_id like 't%'`, [run])).rows;

it('is taken by pieces, each task once and under a lease, and stands in no queue', async () => {
  const run = await makeRun();
  const { claimed, again } = await begin();
  expect([claimed.length, again, await hasReadyWork()]).toEqual([50, true, true]);
  expect(await counted(run)).toEqual({ running: 50, pending: TASKS - 50 });
  const { rows } = await pool().query(`select worker_id, state, lease_until > clock_timestamp() as leased, number, count(*)::int as n from attempt where state = 'running' group by 1, 2, 3, 4`);
  expect(rows).toEqual([{ worker_id: LIMITS.workerId, state: 'running', leased: true, number: 1, n: 50 }]);
  const second = await take();
  const third = await take();
  expect([second.again, third.claimed.length, third.again, await open()]).toEqual([true, TASKS - 100, false, 0]);
  expect(await hasReadyWork()).toBe(false);
  expect(await performAll(run, [...claimed, ...second.claimed, ...third.claimed])).toBe('succeeded');
  expect(await counters(run)).toEqual([{ n_pending: 0, n_succeeded: 1, others: 0 }]);
});

it('goes by priority, and takes neighbours in rounds', async () => {
  await makeRun('empty', { t30: 7, t100: 9 });
  const { claimed } = await begin({ inline: 2 });
  expect(claimed.map((c) => c.task_id).toSorted()).toEqual(['t100', 't30']);
  const ordinals = (await take({ inline: 25 })).claimed.map((c) => c.ordinal);
  expect(ordinals.slice(1).filter((ordinal, i) => ordinal - ordinals[i]! < 4)).toEqual([]);
});

it('updates of its tasks touch no index but for lack of place', async () => {
  const updates = async () => {
    for (const each of [hotPool(), pool()]) await each.query('select pg_stat_force_next_flush()');
    const { rows } = await pool().query<{ all: number; indexed: number }>(`select n_tup_upd::int as all, (n_tup_upd - n_tup_hot_upd - n_tup_newpage_upd)::int as indexed from pg_stat_user_tables where relname = 'task_run'`);
    return rows[0]!;
  };
  const run = await makeRun();
  const before = await updates();
  await performAll(run, (await begin()).claimed);
  await expect.poll(async () => (await updates()).all - before.all, { timeout: 10_000 }).toBeGreaterThanOrEqual(2 * TASKS);
  expect((await updates()).indexed - before.indexed).toBeLessThanOrEqual(2);
});

it('what waits in the queue of another workspace is not passed over: all of it is told, and both have their share', async () => {
  const run = await makeRun();
  const { claimed } = await begin();
  const mine = ctx.workspaceId;
  ctx = await makeContext('editor');
  const { slug } = await publishSpec(ctx, { tasks: Array.from({ length: 40 }, (_, i) => ({ id: `o${i}`, kind: 'empty', config: {} })) });
  await createRun(ctx, { pipelineSlug: slug });
  const next = await take({ inline: 40 });
  expect([next.again, await open()]).toEqual([false, 0]);
  const ours = next.claimed.filter((c) => c.workspace_id === mine).length;
  expect(ours).toBeGreaterThanOrEqual(19);
  expect(ours).toBeLessThanOrEqual(21);
  expect(await counted(run)).toEqual({ running: 50 + ours, ready: TASKS - 50 - ours });
  expect(await performAll(run, [...claimed, ...next.claimed])).toBe('succeeded');
});

it('two of them at once are told', async () => {
  const runs = [await makeRun(), await makeRun()];
  const first = (await take()).claimed;
  expect(first).toHaveLength(2);
  const one = await step([end(first[0]!)], { ...LIMITS, inline: 10 });
  expect([one.claimed.length, one.again]).toEqual([10, true]);
  const two = await step([end(first[1]!)], { ...LIMITS, inline: 10 });
  expect([two.claimed.length, two.again, await open()]).toEqual([10, false, 0]);
  const rest = [...one.claimed, ...two.claimed];
  await performAll(runs[0]!, rest);
  const { rows } = await pool().query('select state from run');
  expect(rows).toEqual([{ state: 'succeeded' }, { state: 'succeeded' }]);
});

it('claimers at the same time take no task twice, and who comes second is asked to come again', async () => {
  const run = await makeRun();
  const taken = (await begin()).claimed;
  const other = await pool().connect();
  await other.query('begin');
  const first = await step([], { ...LIMITS, inline: 5 }, other);
  expect([first.claimed.length, first.crowded, first.again]).toEqual([5, false, true]);
  expect(await take()).toMatchObject({ claimed: [], crowded: true, again: false });
  await other.query('commit');
  other.release();
  taken.push(...first.claimed);
  for (let round = 0; round < 40 && (await open()) === 1; round += 1) {
    const answers = await Promise.all([1, 2, 3].map(() => step([], { ...LIMITS, inline: 7 }, pool())));
    taken.push(...answers.flatMap((a) => a.claimed));
  }
  expect(new Set(taken.map((c) => c.ordinal)).size).toBe(TASKS);
  expect(taken).toHaveLength(TASKS);
  expect(await performAll(run, taken)).toBe('succeeded');
});

it('a run that is cancelled meanwhile starts nothing more', async () => {
  const run = await makeRun();
  const { claimed } = await begin();
  await cancelRun(ctx, run);
  expect(await counted(run)).toEqual({ running: 50, cancelled: TASKS - 50 });
  expect((await take()).claimed).toEqual([]);
  expect(await performAll(run, claimed)).not.toBe('running');
  expect((await take()).claimed).toEqual([]);
});

it('tasks that a person marked before it ended are counted, not taken', async () => {
  const run = await makeRun();
  const { claimed: first } = await take();
  for (const id of ['t3', 't4']) await markTask(ctx, run, id, { state: 'succeeded', reason: 'done by hand' });
  const { claimed } = await step(first.map(end), { ...LIMITS, inline: TASKS });
  expect(claimed).toHaveLength(TASKS - 2);
  expect(await performAll(run, claimed)).toBe('succeeded');
  expect(await counters(run)).toEqual([{ n_pending: 0, n_succeeded: 1, others: 0 }]);
});

it('a task that is cleared meanwhile, or with all that follows it, is taken again once', async () => {
  const run = await makeRun();
  const { claimed } = await begin();
  await step(claimed.slice(0, 10).map(end), null);
  await clearTask(ctx, run, claimed[0]!.task_id, {});
  expect(await open()).toBe(0);
  expect(await performAll(run, claimed.slice(10))).toBe('succeeded');
  await clearTask(ctx, run, 'first', { downstream: true });
  expect(await counted(run)).toEqual({ pending: TASKS });
  const second = await begin();
  expect([second.claimed.length, second.again]).toEqual([50, true]);
  expect(await performAll(run, second.claimed)).toBe('succeeded');
  await clearTask(ctx, run, 'first', {});
  const { claimed: alone } = await take();
  await performAll(run, alone);
  expect(await counters(run)).toEqual([{ n_pending: 0, n_succeeded: 1, others: 0 }]);
});

it('what nobody takes for a while stands in the queue', async () => {
  const run = await makeRun();
  await begin({ inline: 0 });
  expect([await counted(run), await tellOldFanOuts(60_000)]).toEqual([{ pending: TASKS }, 0]);
  expect(await tellOldFanOuts(0)).toBe(1);
  expect(await counted(run)).toEqual({ ready: TASKS });
  expect(await performAll(run, (await take()).claimed)).toBe('succeeded');
});

it('tasks that need a process stand in the queue at once', async () => {
  const run = await makeRun('shell');
  await begin();
  expect(await counted(run)).toEqual({ ready: TASKS });
});
