import { prisma } from '@/lib/db/client';
import { sql } from '@/lib/db/sql';
import type { TaskRow } from './store';

/** A limit that concerns a ready task, and what of it is taken. */
export type Limit = { key: string; code: 'pool' | 'pipeline_limit' | 'workspace_limit' | 'tag_limit'; cap: number; used: number };

/** What a ready task's turn depends on. */
export type QueueFacts = {
  limits: Limit[];
  /** slots that backfill and exploratory may hold together, and hold */
  lowLanes: { cap: number; used: number };
  /** tasks that a claim takes before this one, as far as can be told: those of higher lanes, its workspace's own, and what others' shares allow */
  before: number;
  /** seconds that a slot is held on average; null while nothing runs */
  secondsEach: number | null;
};

/** limitsOf lists the limits that concern a pipeline's tasks in some pools. */
export async function limitsOf(workspaceId: string, pipelineId: string, pools: string[]): Promise<Limit[]> {
  return sql().$queryRawUnsafe<Limit[]>(`select * from penstock_limits(array[$1::uuid], array[$2::uuid], $3::text[])`, workspaceId, pipelineId, pools);
}

/** queueFacts reads what the claim would look at for one ready task. */
export async function queueFacts(task: Pick<TaskRow, 'run_id' | 'ordinal'>): Promise<QueueFacts> {
  const rows = await prisma().$queryRawUnsafe<{ limits: Limit[] | null; cap: number; used: number; before: number; seconds_each: number | null }[]>(
    `with me as (
       select t.*, w.weight from task_run t join workspace w on w.id = t.workspace_id where t.run_id = $1::uuid and t.ordinal = $2::int
     ), own as (
       select count(*)::int as n from me join task_run t on t.standing = 'ready' and t.inline = me.inline and t.lane = me.lane and t.workspace_id = me.workspace_id
         and (-t.priority, t.due_at, t.run_id, t.ordinal) < (-me.priority, me.due_at, me.run_id, me.ordinal)
     ), others as (
       select coalesce(sum(least(o.n, ceil((own.n + 1) * o.weight::float8 / me.weight))), 0)::int as n from me cross join own cross join lateral (
         select t.workspace_id, w.weight, count(*) as n from task_run t join workspace w on w.id = t.workspace_id
         where t.standing = 'ready' and t.inline = me.inline and t.lane = me.lane and t.workspace_id <> me.workspace_id group by t.workspace_id, w.weight) o
     ), higher as (
       select count(*)::int as n from me join task_run t on t.standing = 'ready' and t.inline = me.inline and t.lane < me.lane
     )
     select (select jsonb_agg(to_jsonb(l)) from penstock_limits(array[me.workspace_id], array[me.pipeline_id],
               case when me.pool is null then '{}'::text[] else array[me.pool] end) l where not me.inline) as limits,
       lanes.cap, lanes.used, own.n + others.n + higher.n as before,
       -- what runs is seen half done on average
       (select 2 * avg(extract(epoch from clock_timestamp() - a.claimed_at))::float8 from attempt a join task_run t on t.run_id = a.run_id and t.ordinal = a.ordinal
        where a.state in ('dispatching', 'running') and a.lease_until is not null and t.inline = me.inline) as seconds_each
     from me cross join own cross join others cross join higher cross join penstock_lane_limit() lanes`,
    task.run_id, task.ordinal,
  );
  const row = rows[0];
  return { limits: row?.limits ?? [], lowLanes: { cap: row?.cap ?? 0, used: row?.used ?? 0 }, before: row?.before ?? 0, secondsEach: row?.seconds_each ?? null };
}
