import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import type { LaneView, QueueSample, WaitingRun, WorkspaceShare } from './schema';

/** selectLanes counts slots held and tasks waiting by lane, over all workspaces. */
export async function selectLanes(): Promise<LaneView[]> {
  const rows = await prisma().$queryRaw<{ lane: number; running: number; ready: number; recent: number }[]>`
    select u.lane::int as lane,
      (select count(*)::int from task_run t where t.standing = 'running' and t.lane = u.lane) as running,
      (select count(*)::int from task_run t where t.standing = 'ready' and not t.inline and t.lane = u.lane) as ready,
      u.seconds as recent
    from lane_use u order by u.lane`;
  const all = rows.reduce((sum, row) => sum + row.recent, 0);
  return rows.map(({ recent, ...row }) => ({ ...row, recentShare: all > 0 ? recent / all : null }));
}

/** selectShares counts slots held and tasks waiting by workspace. @param workspaceId only this one; null for all */
export async function selectShares(workspaceId: string | null): Promise<WorkspaceShare[]> {
  return prisma().$queryRaw<WorkspaceShare[]>`
    with held as (select t.workspace_id, count(*)::int as n from task_run t where t.standing = 'running' group by t.workspace_id),
      waits as (select t.workspace_id, count(*)::int as n from task_run t where t.standing = 'ready' and not t.inline group by t.workspace_id)
    select w.slug, w.name, w.weight, w.max_active_tasks as "maxActiveTasks", coalesce(h.n, 0) as running, coalesce(q.n, 0) as ready
    from workspace w left join held h on h.workspace_id = w.id left join waits q on q.workspace_id = w.id
    where ${workspaceId}::uuid is null or w.id = ${workspaceId}::uuid order by coalesce(h.n, 0) + coalesce(q.n, 0) desc, w.slug`;
}

/** totalSlots is how many processes the live workers run at once, and how many of them backfill and exploratory may hold. */
export async function totalSlots(): Promise<{ slots: number; lowLanes: { cap: number; used: number } }> {
  const [row] = await prisma().$queryRaw<{ slots: number; cap: number; used: number }[]>`
    select l.cap, l.used, (select coalesce(sum(w.slots), 0)::int from worker w
      where 'executor' = any(w.roles) and not w.draining and w.heartbeat_at > clock_timestamp() - interval '1 minute') as slots
    from penstock_lane_limit() l`;
  return { slots: row!.slots, lowLanes: { cap: row!.cap, used: row!.used } };
}

/** selectWaitingRuns lists a workspace's runs with tasks that wait for a slot, longest waiting first. */
export async function selectWaitingRuns(workspaceId: string, limit: number): Promise<WaitingRun[]> {
  return prisma().$queryRaw<WaitingRun[]>`
    select r.id, r.pipeline_slug as pipeline, r.lane, count(*)::int as ready, max(t.priority) as priority, min(t.ready_at) as since
    from unnest('{0,1,2,3}'::smallint[]) l(lane)
    join task_run t on t.standing = 'ready' and not t.inline and t.lane = l.lane and t.workspace_id = ${workspaceId}::uuid
    join run r on r.id = t.run_id
    group by r.id, r.pipeline_slug, r.lane order by min(t.ready_at), r.id limit ${limit}`;
}

/** selectSamples lists looks at the queue since an instant, in order of time. @param workspaceId only this one; null for all */
export async function selectSamples(since: Date, workspaceId: string | null): Promise<QueueSample[]> {
  return prisma().$queryRaw<QueueSample[]>`
    select s.at, w.slug as workspace, s.lane::int as lane, s.running, s.ready
    from slot_sample s join workspace w on w.id = s.workspace_id
    where s.at >= ${since} and (${workspaceId}::uuid is null or s.workspace_id = ${workspaceId}::uuid) order by s.at, w.slug, s.lane`;
}

/** sampleSlots notes who holds and who waits now; nothing is written while nobody does. Looks of one quarter minute are one. */
export async function sampleSlots(): Promise<void> {
  await pool().query({
    name: 'penstock_sample',
    text: `insert into slot_sample (at, workspace_id, lane, running, ready)
           select date_bin('15 seconds', clock_timestamp(), timestamptz '2000-01-01'), t.workspace_id, t.lane,
             count(*) filter (where t.standing = 'running'), count(*) filter (where t.standing = 'ready')
           from (select workspace_id, lane, standing from task_run where standing = 'running'
                 union all select workspace_id, lane, standing from task_run where standing = 'ready' and not inline) t
           group by t.workspace_id, t.lane on conflict do nothing`,
  });
}

/** forgetSamples drops looks older than an instant. */
export async function forgetSamples(before: Date): Promise<void> {
  await pool().query('delete from slot_sample where at < $1', [before]);
}
