import { type Json } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { gateOf, isInline } from '@/lib/dispatch/server';
import { type PlannedTask } from '@/lib/pipeline';
import type { Sql } from '@/lib/db/sql';
import type { TaskState } from './states';

/** Parts of a mapped task in these states hold one of its maxParallel places. */
const AT_WORK = `('ready', 'running', 'up_for_retry', 'deferred', 'awaiting_approval')`;
const FINAL = `('succeeded', 'failed', 'skipped', 'cancelled', 'upstream_failed', 'restored')`;

/**
 * spreadParts makes one row for each item of a mapped task, in one statement, and lets the task's own row wait for them. Rows of an
 * earlier list go on under their number; the caller holds the run's lock.
 * @returns false when the attempt that made the list is not its holder's any more
 */
export async function spreadParts(tx: Sql, at: { run: string; ordinal: number; fence: number }, task: PlannedTask, items: Json[]): Promise<boolean> {
  const ended = await tx.$executeRawUnsafe(
    `update attempt set state = 'succeeded', finished_at = clock_timestamp(), lease_until = null, output = $4::jsonb, started_at = coalesce(started_at, claimed_at)
     where run_id = $1::uuid and ordinal = $2::int and number = $3::int and lease_until is not null`,
    at.run, at.ordinal, at.fence, JSON.stringify({ items: items.length }),
  );
  if (ended === 0) return false;
  const most = task.map?.maxParallel ?? items.length;
  await tx.$executeRawUnsafe(
    `with top as (select max(ordinal) as ordinal from task_run where run_id = $1::uuid)
     insert into task_run as p (run_id, ordinal, task_id, map_index, workspace_id, pipeline_id, kind, inline, state, rule, decides, undecided,
       failure_allowed, downstream, lane, priority, due_at, pool, pool_slots, worker_tags, gate, queue_timeout_seconds, map_item, ready_at, reason)
     select t.run_id, top.ordinal + i.n, t.task_id, i.n - 1, t.workspace_id, t.pipeline_id, $4, $5::boolean,
       case when i.n <= $6::int then 'ready' else 'pending' end, 'all_success', false, false, t.failure_allowed, array[t.ordinal], t.lane, t.priority,
       t.due_at, $7, $8::int, (select coalesce(array_agg(x), '{}') from jsonb_array_elements_text($9::jsonb) x), $10, $11::float8, i.item,
       case when i.n <= $6::int then clock_timestamp() end,
       case when i.n > $6::int then jsonb_build_object('code', 'queue_order', 'text', 'At most ' || $6::int || ' of its parts run at once.') end
     from task_run t cross join top cross join jsonb_array_elements($3::jsonb) with ordinality as i(item, n)
     where t.run_id = $1::uuid and t.ordinal = $2::int
     on conflict (run_id, task_id, map_index) where task_id is not null do update set state = excluded.state, map_item = excluded.map_item, reason = excluded.reason,
       ready_at = excluded.ready_at, retries = 0, lost_count = 0, cleared_at_attempt = p.attempt, not_before = null, started_at = null,
       finished_at = null, output = null, table_output = null, marked = null, restored_from = null, fingerprint = null,
       updated_at = clock_timestamp()`,
    at.run, at.ordinal, JSON.stringify(items), task.kind, isInline(task), most, task.pool, task.poolSlots,
    JSON.stringify(task.workerTags), gateOf(task), task.queueTimeoutSeconds,
  );
  await tx.$executeRawUnsafe(
    `update task_run set state = 'pending', map_count = $4::int, rule = 'all_done', decides = $5::boolean, undecided = false,
       n_pending = n_pending + $4::int, reason = null, updated_at = clock_timestamp()
     where run_id = $1::uuid and ordinal = $2::int and attempt = $3::int`,
    at.run, at.ordinal, at.fence, items.length, most < items.length,
  );
  await tx.$executeRawUnsafe(
    `update run set unfinished = unfinished + $2::int, updated_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()),
       state = case when state = 'queued' then 'running' else state end where id = $1::uuid`,
    at.run, items.length,
  );
  return true;
}

/** readyParts lets as many waiting parts of a mapped task begin as there are places left. @returns how many began */
export async function readyParts(tx: Sql, runId: string, taskId: string, most: number): Promise<number> {
  return tx.$executeRawUnsafe(
    `update task_run set state = 'ready', reason = null, ready_at = clock_timestamp(), updated_at = clock_timestamp()
     where run_id = $1::uuid and ordinal in (
       select ordinal from task_run where task_id = $2 and run_id = $1::uuid and map_index >= 0 and state = 'pending' order by map_index
       limit (select greatest(0, $3::int - count(*)) from task_run where task_id = $2 and run_id = $1::uuid and map_index >= 0 and state in ${AT_WORK}))`,
    runId, taskId, most,
  );
}

/** One part of a mapped task as its end is judged. */
export type PartEnd = { map_index: number; state: TaskState; output: Json; table_output: Json };

/** partEnds reads how the parts of a mapped task ended, in the order of its list. */
export function partEnds(runId: string, taskId: string, count: number): Promise<PartEnd[]> {
  return prisma().$queryRawUnsafe<PartEnd[]>(
    `select map_index, state, output, table_output from task_run
     where task_id = $2 and run_id = $1::uuid and map_index >= 0 and map_index < $3::int order by map_index`,
    runId, taskId, count,
  );
}

/** partItem is the item of one part. */
export async function partItem(runId: string, ordinal: number): Promise<Json> {
  const rows = await prisma().$queryRawUnsafe<{ item: Json }[]>(`select map_item as item from task_run where run_id = $1::uuid and ordinal = $2::int`, runId, ordinal);
  return rows[0]?.item ?? null;
}

/** openParts counts, by task, the parts of a run that have not ended. */
export async function openParts(tx: Sql, runId: string): Promise<Map<string, { open: number; running: number }>> {
  const rows = await tx.$queryRawUnsafe<{ task_id: string; open: number; running: number }[]>(
    `select task_id, count(*)::int as open, (count(*) filter (where state = 'running'))::int as running from task_run
     where run_id = $1::uuid and map_index >= 0 and state not in ${FINAL} group by task_id`,
    runId,
  );
  return new Map(rows.map(({ task_id, ...counts }) => [task_id, counts]));
}

/** resetParts lets some parts of a mapped task start over: the given ones, or those that failed. @returns how many */
export async function resetParts(tx: Sql, runId: string, taskId: string, which: number[] | 'failed', state: 'ready' | 'pending'): Promise<number> {
  return tx.$executeRawUnsafe(
    `update task_run set state = $4, ready_at = case when $4 = 'ready' then clock_timestamp() end, retries = 0, lost_count = 0,
       cleared_at_attempt = attempt, not_before = null, awaits = null, started_at = null, finished_at = null, reason = null, output = null,
       table_output = null, marked = null, restored_from = null, updated_at = clock_timestamp()
     where task_id = $2 and run_id = $1::uuid and map_index >= 0 and case when $3::jsonb = '"failed"' then state in ('failed', 'upstream_failed', 'cancelled')
       else map_index in (select jsonb_array_elements_text(case when jsonb_typeof($3::jsonb) = 'array' then $3::jsonb else '[]' end)::int) end`,
    runId, taskId, JSON.stringify(which), state,
  );
}

/** retireParts takes the parts of mapped tasks back whose list is made anew: their results count no more. */
export async function retireParts(tx: Sql, runId: string, taskIds: string[]): Promise<void> {
  if (taskIds.length === 0) return;
  await tx.$executeRawUnsafe(
    `update task_run set state = 'skipped', finished_at = clock_timestamp(), output = null, table_output = null, not_before = null, awaits = null,
       reason = '{"code": "starts_over", "text": "Its list is made anew."}', updated_at = clock_timestamp()
     where run_id = $1::uuid and map_index >= 0 and task_id in (select jsonb_array_elements_text($2::jsonb))`,
    runId, JSON.stringify(taskIds),
  );
}

/** endParts ends what is left of a mapped task whose end a person has decided; attempts that run are taken from their holders. */
export async function endParts(tx: Sql, runId: string, taskId: string, text: string): Promise<void> {
  await tx.$executeRawUnsafe(
    `update attempt a set state = 'cancelled', finished_at = clock_timestamp(), lease_until = null from task_run t
     where t.task_id = $2 and t.run_id = $1::uuid and t.map_index >= 0 and a.run_id = t.run_id and a.ordinal = t.ordinal and a.state in ('dispatching', 'running')`,
    runId, taskId,
  );
  await tx.$executeRawUnsafe(
    `update task_run set state = 'cancelled', finished_at = clock_timestamp(), reason = $3::jsonb, updated_at = clock_timestamp()
     where task_id = $2 and run_id = $1::uuid and map_index >= 0 and state not in ${FINAL}`,
    runId, taskId, JSON.stringify({ code: 'cancelled', text }),
  );
}

/** One part as the grid of a mapped task shows it. */
export type PartCell = { mapIndex: number; state: TaskState; attempt: number; startedAt: Date | null; finishedAt: Date | null };

/** partCells reads the parts of a mapped task, in the order of its list. */
export function partCells(runId: string, taskId: string): Promise<PartCell[]> {
  return prisma().$queryRawUnsafe<PartCell[]>(
    `select map_index as "mapIndex", state, attempt, started_at as "startedAt", finished_at as "finishedAt" from task_run
     where task_id = $2 and run_id = $1::uuid and map_index >= 0 order by map_index`,
    runId, taskId,
  );
}
