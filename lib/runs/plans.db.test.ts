import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { closePool, hotPool, pool, setDatabaseUrl } from '@/lib/db/pool';
import { makeWorkspace, testDatabase } from '@/lib/testing';
import {
  endRun, hasReadyWork, heartbeat, LEASES_DUE, overdueAttempts, PARKED_DUE, passAlong, passOn, readDemand, READY_WORK, renderMetrics, RETRIES_DUE, sampleSlots, SLOTS_WANTED, step, takeOver,
  takeParked, wakeParked, wakeRetries, type ClaimedTask, type FinishItem,
} from '@/lib/dispatch/server';
import * as due from './due';

import { selectRuns } from './list-store';
import { pipelinesWithWaitingRuns } from './limit-store';
import { pastDurations } from './pace-store';
import { listRunsQuery } from './schema';
import { expiredApprovals, findRun, fingerprinted, heldRuns, runsQueuedTooLong, taskRowOf, taskRows, waitingApprovals } from './store';

const database = testDatabase();

/** Finished tasks in the database: so many that reading them all would show. */
const RUNS = 400;
const TASKS = 200;
/** A hot statement may look at so many rows of a table before it has what it wants. */
const FEW = 1_500;

const WORKER = newId();
const LIMITS = { workerId: WORKER, tags: [], inline: 100, process: 100, leaseSeconds: 30 };
const heard: string[] = [];
let live: string;
let workspace: string;
let pipeline: string;

beforeAll(async () => {
  workspace = (await makeWorkspace()).id;
  pipeline = newId();
  live = newId();
  const db = pool();
  await db.query(
    `insert into run (id, workspace_id, pipeline_id, pipeline_slug, state, trigger_kind, lane, params, due_at, created_at, updated_at, pinned_reads, unfinished, finished_at)
     select case when i = 0 then $3::uuid else gen_random_uuid() end, $1, $2, 'loaded', case when i = 0 then 'running' else 'succeeded' end, 'manual', 'interactive', '{}',
       now(), now() - i * interval '1 minute', now(), '{}', case when i = 0 then 1000 else 0 end, case when i > 0 then now() end
     from generate_series(0, $4::int) i`,
    [workspace, pipeline, live, RUNS],
  );
  await db.query(
    `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, rule, decides, undecided, failure_allowed, downstream, lane, priority, due_at, pool_slots, worker_tags, attempt)
     select r.id, o, 't' || o, r.workspace_id, r.pipeline_id, 'empty', true, 'succeeded', 'all_success', false, false, false, '{}', 0, 0, now(), 1, '{}', 1
     from run r cross join generate_series(0, $1::int - 1) o where r.finished_at is not null`,
    [TASKS],
  );
  // the live run: 600 that wait for a claim (half of them with a process), 200 that wait for a retry, 200 parked
  await db.query(
    `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, rule, decides, undecided, failure_allowed, downstream, lane, priority, due_at, pool_slots, worker_tags, attempt, not_before)
     select r.id, o, 't' || o, r.workspace_id, r.pipeline_id, case when o % 2 = 0 then 'empty' else 'shell' end, o % 2 = 0,
       case when o < 600 then 'ready' when o < 800 then 'up_for_retry' else 'deferred' end, 'all_success', false, false, false,
       case when o < 600 then '{1000}'::int[] else '{}' end, 0, 0, now(), 1, '{}', 0, case when o >= 600 then now() + interval '1 hour' end
     from run r cross join generate_series(0, 999) o where r.id = $1`,
    [live],
  );
  await db.query(
    `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, rule, decides, undecided, failure_allowed, n_pending, downstream, lane, priority, due_at, pool_slots, worker_tags)
     select id, 1000, 'join', workspace_id, pipeline_id, 'empty', true, 'pending', 'all_success', false, false, false, 600, '{}', 0, 0, now(), 1, '{}' from run where id = $1`,
    [live],
  );
  await db.query(
    `insert into attempt (run_id, ordinal, number, state, claimed_at, started_at, finished_at)
     select run_id, ordinal, 1, 'succeeded', now(), now(), now() from task_run where state = 'succeeded'`,
  );
  await db.query('vacuum analyze');
  const name = new URL(database.url()).pathname.slice(1);
  for (const setting of ['log_min_duration = 0', 'log_analyze = on', 'log_timing = off', 'log_nested_statements = on', `log_level = 'notice'`]) {
    await db.query(`alter database ${name} set auto_explain.${setting}`);
  }
  await db.query(`alter database ${name} set session_preload_libraries = 'auto_explain'`);
  await closePool();
  setDatabaseUrl(database.url());
  for (const each of [pool(), hotPool()]) {
    each.on('connect', (client) => client.on('notice', (notice) => heard.push(notice.message ?? '')));
  }
}, 60_000);

/** The scans of the engine's tables in the plans of what `work` asked, each with the rows it went through. */
async function scansOf<T>(work: () => Promise<T>): Promise<{ answer: T; scans: { line: string; rows: number }[] }> {
  heard.length = 0;
  const answer = await work();
  const scans: { line: string; rows: number }[] = [];
  for (const plan of heard) {
    for (const line of plan.split('\n')) {
      const scan = /Scan (?:using \S+ )?on (run|task_run|attempt)\b.*actual rows=([\d.]+) loops=(\d+)/.exec(line);
      if (scan) scans.push({ line: line.trim(), rows: Number(scan[2]) * Number(scan[3]) });
      const removed = /Rows Removed by (?:Filter|Index Recheck): (\d+)/.exec(line);
      const last = scans.at(-1);
      if (removed && last) last.rows += Number(removed[1]);
    }
  }
  return { answer, scans };
}

/** How many pages a statement reads, and how many it is the first to write to since the checkpoint. */
async function pagesOf(text: string, values: unknown[]): Promise<{ read: number; written: number }> {
  const { rows } = await pool().query<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(`explain (analyze, buffers, format json) ${text}`, values);
  const plan = rows[0]!['QUERY PLAN'][0]!.Plan;
  return { read: plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!, written: plan['Shared Dirtied Blocks']! };
}

/** The statement that writes so many ready tasks of a run in lane 1. */
const queued = (tasks: number): [text: string, values: unknown[]] => [
  `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, lane)
   select $1::uuid, o, 't' || o, $2, $3, 'empty', true, 'ready', 1 from generate_series(0, $4::int - 1) o`,
  [newId(), workspace, pipeline, tasks],
];

const end = (c: ClaimedTask): FinishItem => ({ run: c.run_id, ordinal: c.ordinal, fence: c.attempt, task: 'succeeded', attempt: 'succeeded' });

describe('on a database that holds 80,000 finished tasks', () => {
  let claimed: ClaimedTask[] = [];

  const cases: [name: string, work: () => Promise<unknown>][] = [
    ['a claim', async () => (claimed = (await step([], LIMITS)).claimed)],
    ['the end of one task, with its successor', () => step([end(claimed.shift()!)], { ...LIMITS, look: false })],
    ['an end that is passed along a line', () => passAlong({ ...claimed.shift()!, next: 0 }, { workerId: WORKER, leaseSeconds: 30 }, () => true, () => undefined)],
    ['the end of a run', () => endRun(claimed.shift()!, WORKER)],
    ['an end that is passed on', () => passOn({ ...claimed.shift()!, next: 0 }, WORKER, 30)],
    ['the ends of fifty tasks with a new claim', async () => (claimed = [...claimed.slice(50), ...(await step(claimed.slice(0, 50).map(end), LIMITS)).claimed])],
    ['a heartbeat', () => heartbeat(claimed.map((c) => ({ run: c.run_id, ordinal: c.ordinal, fence: c.attempt })), 30)],
    ['the search for overdue leases', () => overdueAttempts(100, 30)],
    ['the search for due retries', () => wakeRetries(new Date())],
    ['taking parked attempts up', () => takeParked(WORKER, 10, 30, new Date())],
    ['the look at what is due', () => pool().query(`select ${[RETRIES_DUE, LEASES_DUE, PARKED_DUE, READY_WORK, SLOTS_WANTED, ...Object.values(due)].join(', ')}`, [new Date()])],
    ['whether work waits', () => hasReadyWork()],
    ['the metrics', () => renderMetrics('test')],
    ['the look at the slots', () => sampleSlots()],
    ['what a supervisor counts', () => readDemand([], 'here', [])],
    ['waking what awaits a file', () => wakeParked(workspace, ['file:x'], new Date())],
    ['the search for expired approvals', () => expiredApprovals(new Date())],
    ['the approvals of a workspace', () => waitingApprovals(workspace)],
    ['the search for tasks queued too long', () => runsQueuedTooLong(new Date())],
    ['the search for held runs', () => heldRuns()],
    ['the search for runs over a limit', () => pipelinesWithWaitingRuns()],
    ['the search for equal results', () => fingerprinted(newId(), ['f'])],
    ['reading a run', async () => [await findRun(live, workspace), await taskRows(live, undefined, { after: -1, limit: 1000 })]],
    ['reading one task', () => taskRowOf(live, 't5', null)],
    ['how long a task took lately', () => pastDurations(pipeline, 't5', false)],
    ['the list of runs', () => selectRuns(workspace, listRunsQuery.parse({}))],
    ['a takeover', () => takeOver({ run: claimed[0]!.run_id, ordinal: claimed[0]!.ordinal, fence: claimed[0]!.attempt }, WORKER, newId(), 30)],
  ];

  it.each(cases)('%s walks indexes and few rows', async (_name, work) => {
    const { scans } = await scansOf(work);
    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter((scan) => scan.line.includes('Seq Scan on'))).toEqual([]);
    expect(scans.filter((scan) => scan.rows > FEW)).toEqual([]);
  });

  it('a piece of a fan-out walks indexes and few rows', async () => {
    const fan = newId();
    await pool().query(`update task_run set state = 'cancelled' where run_id = $1 and standing = 'ready'`, [live]);
    await pool().query(
      `insert into run (id, workspace_id, pipeline_id, pipeline_slug, state, trigger_kind, lane, params, unfinished, updated_at)
       select $1, workspace_id, pipeline_id, pipeline_slug, 'running', 'manual', 'interactive', '{}', 5000, now() from run where id = $2`,
      [fan, live],
    );
    await pool().query(
      `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, n_pending, downstream, updated_at)
       select r.id, o, 't' || o, r.workspace_id, r.pipeline_id, 'empty', true, case when o = 0 then 'succeeded' else 'pending' end, (o > 0)::int,
         case when o = 0 then (select array_agg(x) from generate_series(1, 5000) x) else '{}' end, now()
       from run r cross join generate_series(0, 5000) o where r.id = $1`,
      [fan],
    );
    await pool().query('insert into fan_out (run_id, ordinal, opened_at) values ($1, 0, now())', [fan]);
    const { answer, scans } = await scansOf(() => step([], LIMITS));
    expect([answer.claimed.length, answer.again]).toEqual([LIMITS.inline, true]);
    expect(scans.filter((scan) => scan.line.includes('Seq Scan on') || scan.rows > FEW)).toEqual([]);
  });

  it('a new run’s tasks are written to neighbouring pages', async () => {
    await pool().query('checkpoint');
    const { written } = await pagesOf(...queued(TASKS));
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(TASKS / 2);
  });

  it('a vacuum takes what left the queue out of its index, though few of the table’s pages hold any', async () => {
    await pool().query(...queued(1000));
    await pool().query(`update task_run set state = 'running' where standing = 'ready' and inline and lane = 1`);
    await pool().query('vacuum task_run');
    expect((await pagesOf(`select from task_run where standing = 'ready' and inline and lane = 1`, [])).read).toBeLessThan(8);
  });
});
