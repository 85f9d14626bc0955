import { type Json, type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import type { Reason } from './schema';
import type { RunState, TaskState } from './states';
import type { Sql } from '@/lib/db/sql';

/** A state that a decision gave a task outside the finish statement. */
export type Move = { ordinal: number; state: TaskState; reason?: Reason | null };

/** moveTasks sets decided tasks' states and takes their mark "undecided" off. */
export async function moveTasks(tx: Sql, runId: string, moves: Move[], decided: number[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `update task_run t set state = coalesce(m.state, t.state), undecided = false, reason = coalesce(m.reason, t.reason),
       ready_at = case when m.state = 'ready' then clock_timestamp() else t.ready_at end,
       finished_at = case when m.state in ('skipped', 'upstream_failed') then clock_timestamp() else t.finished_at end,
       updated_at = clock_timestamp()
     from (select d.o::int as ordinal, m.state, m.reason from jsonb_array_elements_text($3::jsonb) as d(o)
           left join jsonb_to_recordset($2::jsonb) as m(ordinal int, state text, reason jsonb) on m.ordinal = d.o::int) m
     where t.run_id = $1::uuid and t.ordinal = m.ordinal`,
    runId, JSON.stringify(moves), JSON.stringify(decided),
  );
}

/** propagate tells successors of ended tasks (penstock_propagate) and counts finals off the run. */
export async function propagate(
  tx: Sql,
  runId: string,
  ended: { ordinal: number; ending: 's' | 'f' | 'u' | 'k' }[],
): Promise<{ readied: number; ended: { id: string; state: RunState }[]; unjudged: string[] }> {
  const flowed = await tx.$queryRawUnsafe<{ finals: number; readied: number }[]>(
    `select p.finals, p.readied from penstock_propagate(
       (select array_agg($1::uuid) from jsonb_array_elements($2::jsonb)),
       (select array_agg(x.ordinal) from jsonb_to_recordset($2::jsonb) as x(ordinal int)),
       (select array_agg(x.ending) from jsonb_to_recordset($2::jsonb) as x(ending text))) p`,
    runId, JSON.stringify(ended),
  );
  const finals = ended.length + (flowed[0]?.finals ?? 0);
  const counted = await countDown(tx, runId, finals);
  return { readied: flowed[0]?.readied ?? 0, ...counted };
}

/** countDown takes finals off the run and ends it when none are left and nothing failed (penstock_count_down). */
export async function countDown(tx: Sql, runId: string, finals: number): Promise<{ ended: { id: string; state: RunState }[]; unjudged: string[] }> {
  const rows = await tx.$queryRawUnsafe<{ ended: { id: string; state: RunState }[]; unjudged: string[] }[]>(
    `select ended, to_jsonb(unjudged) as unjudged from penstock_count_down(array[$1::uuid], array[$2::int])`,
    runId, finals,
  );
  return rows[0]!;
}

/** endRun writes a run's verdict. */
export async function endRun(tx: Sql, runId: string, state: RunState): Promise<void> {
  await tx.$executeRawUnsafe(
    `update run set state = $2, finished_at = clock_timestamp(), updated_at = clock_timestamp(),
       started_at = coalesce(started_at, clock_timestamp()) where id = $1::uuid`,
    runId, state,
  );
}

/** requestCancel marks a run as being cancelled and ends every task that is not running; returns how many those were. */
export async function requestCancel(tx: Sql, runId: string, reason: Reason): Promise<number> {
  await tx.$executeRawUnsafe(`update run set cancel_requested = true, updated_at = clock_timestamp() where id = $1::uuid`, runId);
  await endParkedAttempts(tx, runId, null);
  return tx.$executeRawUnsafe(
    `update task_run set state = 'cancelled', undecided = false, reason = $2::jsonb, finished_at = clock_timestamp(), updated_at = clock_timestamp()
     where run_id = $1::uuid and state in ('pending', 'ready', 'up_for_retry', 'deferred', 'awaiting_approval')`,
    runId, JSON.stringify(reason),
  );
}

/** endParkedAttempts ends attempts that wait without a lease, of all tasks of a run or of some: what they waited for is not asked any more. */
export async function endParkedAttempts(tx: Sql, runId: string, ordinals: number[] | null): Promise<void> {
  await tx.$executeRawUnsafe(
    `update attempt set state = 'cancelled', finished_at = clock_timestamp()
     where run_id = $1::uuid and state = 'running' and lease_until is null
       and ($2::jsonb is null or ordinal in (select jsonb_array_elements_text($2::jsonb)::int))`,
    runId, ordinals === null ? null : JSON.stringify(ordinals),
  );
}

/** One row of a run after a clear or a mark. */
export type Rewrite = {
  ordinal: number;
  state: TaskState;
  counts: { p: number; s: number; f: number; u: number; k: number };
  undecided: boolean;
  reset: boolean;
  /** of a mapped task: what its own row waits by now, and whether its list stays */
  map?: { rule: string; decides: boolean; keepsList: boolean };
};

/** rewriteTasks writes every row of a run after a clear: reset rows start over, the others get their counters. */
export async function rewriteTasks(tx: Sql, runId: string, rows: Rewrite[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `update task_run t set
       state = case when w.reset or t.state = 'pending' then w.state else t.state end,
       n_pending = w.p, n_succeeded = w.s, n_failed = w.f, n_upstream_failed = w.u, n_skipped = w.k, undecided = w.undecided,
       rule = coalesce(w.rule, t.rule), decides = coalesce(w.decides, t.decides), map_count = case when w.keeps_list is false then null else t.map_count end,
       retries = case when w.reset then 0 else t.retries end, lost_count = case when w.reset then 0 else t.lost_count end,
       cleared_at_attempt = case when w.reset then t.attempt else t.cleared_at_attempt end,
       not_before = case when w.reset then null else t.not_before end,
       started_at = case when w.reset then null else t.started_at end,
       finished_at = case when not w.reset then t.finished_at when w.state in ('skipped', 'upstream_failed') then clock_timestamp() end,
       ready_at = case when w.state = 'ready' and (w.reset or t.state = 'pending') then clock_timestamp() else t.ready_at end,
       reason = case when w.reset then null else t.reason end, output = case when w.reset then null else t.output end,
       table_output = case when w.reset then null else t.table_output end, marked = case when w.reset then null else t.marked end,
       restored_from = case when w.reset then null else t.restored_from end, updated_at = clock_timestamp()
     from jsonb_to_recordset($2::jsonb) as w(ordinal int, state text, p int, s int, f int, u int, k int, undecided boolean, reset boolean, rule text,
       decides boolean, keeps_list boolean)
     where t.run_id = $1::uuid and t.ordinal = w.ordinal`,
    runId, JSON.stringify(rows.map(({ counts, map, ...r }) => ({ ...r, ...counts, ...(map ? { rule: map.rule, decides: map.decides, keeps_list: map.keepsList } : {}) }))),
  );
}

/** reopenRun sets a run back to running after a clear, or ends it again when nothing is left to do. */
export async function reopenRun(tx: Sql, runId: string, unfinished: number): Promise<void> {
  await tx.$executeRawUnsafe(
    `update run set state = 'running', unfinished = $2::int, finished_at = null, cancel_requested = false, updated_at = clock_timestamp()
     where id = $1::uuid`,
    runId, unfinished,
  );
}

/** restartAs says what starts a run from now on, and moves its tasks into a lane. @param as.order the lane's number in the queue */
export async function restartAs(tx: Sql, runId: string, as: { lane: string; order: number; trigger: { kind: string; id: string } }): Promise<void> {
  await tx.$executeRawUnsafe(
    `update run set lane = $2, trigger_kind = $3, trigger_id = $4, updated_at = clock_timestamp() where id = $1::uuid`,
    runId, as.lane, as.trigger.kind, as.trigger.id,
  );
  await tx.$executeRawUnsafe(`update task_run set lane = $2::smallint where run_id = $1::uuid`, runId, as.order);
}

/** markTaskRow gives a task the state a person chose, and takes a running attempt away from its holder. */
export async function markTaskRow(tx: Sql, runId: string, ordinal: number, state: TaskState, marked: Json): Promise<void> {
  await tx.$executeRawUnsafe(
    `update attempt set state = 'cancelled', finished_at = clock_timestamp(), lease_until = null
     where run_id = $1::uuid and ordinal = $2::int and state in ('dispatching', 'running')`,
    runId, ordinal,
  );
  await tx.$executeRawUnsafe(
    `update task_run set state = $3, marked = $4::jsonb, undecided = false, finished_at = clock_timestamp(), updated_at = clock_timestamp(),
       table_output = case when $3 = 'succeeded' then coalesce(table_output, (select a.table_output from attempt a
         where a.run_id = $1::uuid and a.ordinal = $2::int and a.table_output is not null order by a.number desc limit 1)) else table_output end
     where run_id = $1::uuid and ordinal = $2::int`,
    runId, ordinal, state, JSON.stringify(marked),
  );
}

/** moveInQueue gives the tasks of a run that have not ended a lane, a priority, or both. */
export async function moveInQueue(tx: Sql, runId: string, to: { lane: string | null; laneOrder: number | null; priority: number | null }): Promise<void> {
  await tx.$executeRawUnsafe(
    `with r as (update run set lane = coalesce($2, lane), updated_at = clock_timestamp() where id = $1::uuid)
     update task_run set lane = coalesce($3::smallint, lane), priority = coalesce($4::int, priority), updated_at = clock_timestamp()
     where run_id = $1::uuid and state in ('pending', 'ready', 'up_for_retry', 'deferred', 'awaiting_approval')`,
    runId, to.lane, to.laneOrder, to.priority,
  );
}

/** failQueuedTasks fails a run's tasks that waited in the queue longer than they may. @returns them, and whether their failure is allowed */
export async function failQueuedTasks(tx: Sql, runId: string, now: Date): Promise<{ ordinal: number; failure_allowed: boolean }[]> {
  return tx.$queryRawUnsafe<{ ordinal: number; failure_allowed: boolean }[]>(
    `update task_run set state = 'failed', finished_at = clock_timestamp(), updated_at = clock_timestamp(),
       reason = jsonb_build_object('code', 'queue_timeout', 'text',
         'No worker took this task within its queue timeout of ' || queue_timeout_seconds || ' s. Add workers or slots, or allow it to wait longer.')
     where run_id = $1::uuid and standing = 'ready' and queue_timeout_seconds is not null
       and ready_at + make_interval(secs => queue_timeout_seconds) <= $2::timestamptz
     returning ordinal, failure_allowed`,
    runId, now,
  );
}

/** pinAnew writes what a run reads. */
export async function pinAnew(tx: Sql, runId: string, pinnedReads: JsonObject): Promise<void> {
  await tx.$executeRawUnsafe(`update run set pinned_reads = $2::jsonb where id = $1::uuid`, runId, JSON.stringify(pinnedReads));
}

/** releaseHeldTasks readies the tasks of a run that were held for one reason; returns how many. */
export async function releaseHeldTasks(tx: Sql, runId: string, code: Reason['code']): Promise<number> {
  return tx.$executeRawUnsafe(
    `update task_run set state = 'ready', reason = null, ready_at = clock_timestamp(), updated_at = clock_timestamp()
     where run_id = $1::uuid and state = 'deferred' and reason ->> 'code' = $2`,
    runId, code,
  );
}

/** recordAttempt writes what an attempt's log and artifacts came to. */
export async function recordAttempt(
  at: { runId: string; ordinal: number; attempt: number },
  what: { logLines: number; brokenLines: number; artifacts: { id: string; name: string; type: string; key: string; bytes: number }[] },
): Promise<void> {
  await prisma().$executeRawUnsafe(
    `with counted as (
       update attempt set log_lines = $4::int, broken_lines = $5::int where run_id = $1::uuid and ordinal = $2::int and number = $3::int
     )
     insert into artifact (id, run_id, ordinal, attempt, name, type, path, bytes)
     select a.id, $1::uuid, $2::int, $3::int, a.name, a.type, a.key, a.bytes
     from jsonb_to_recordset($6::jsonb) as a(id uuid, name text, type text, key text, bytes bigint)`,
    at.runId, at.ordinal, at.attempt, what.logLines, what.brokenLines, JSON.stringify(what.artifacts),
  );
}

/** forgetOutputs takes the dropped files off a run's tasks and attempts. */
export async function forgetOutputs(runId: string): Promise<void> {
  await prisma().$executeRawUnsafe(
    `with a as (update attempt set table_output = null where run_id = $1::uuid)
     update task_run set table_output = null, fingerprint = null where run_id = $1::uuid`,
    runId,
  );
}
