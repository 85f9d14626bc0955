import { type Json } from '@/lib/core/json';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { type Tx } from '@/lib/db/transaction';
import { type ScheduleTrigger } from '@/lib/pipeline';

/** A schedule's row with what of its pipeline it goes by. */
export type ScheduleRow = {
  id: string;
  workspace_id: string;
  workspace_slug: string;
  workspace_name: string;
  pipeline_id: string;
  slug: string;
  name: string;
  paused: boolean;
  trigger_index: number;
  version_number: number;
  trigger: ScheduleTrigger;
  enabled: boolean;
  next_due: Date | null;
  covered_until: Date | null;
  waiting: Date[];
  last_result: Json;
  /** dates on which its calendar lets it not fire */
  excluded: string[];
};

const COLUMNS = `s.id, s.workspace_id, w.slug as workspace_slug, w.name as workspace_name, s.pipeline_id, p.slug, p.name, p.paused,
  s.trigger_index, s.version_number, s.trigger, s.enabled, s.next_due, s.covered_until, s.waiting, s.last_result,
  coalesce((select c.dates from calendar c where c.workspace_id = s.workspace_id and c.name = s.trigger ->> 'calendar'), '{}') as excluded`;
const FROM = `schedule s join pipeline p on p.id = s.pipeline_id join workspace w on w.id = s.workspace_id`;
/** No run of the schedule is under way. */
const IDLE = `not exists (select from run r where r.trigger_kind = 'schedule' and r.trigger_id = s.id::text and r.state in ('queued', 'running'))`;

/** unfollowedPipelines lists pipelines whose schedules are not those of their current version. @param workspaceId only of this one */
export async function unfollowedPipelines(workspaceId: string | null): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select id from pipeline where current_version is not null and current_version is distinct from scheduled_version
       and ($1::uuid is null or workspace_id = $1::uuid) limit 500`,
    [workspaceId],
  );
  return rows.map((row) => row.id);
}

/** lockUnfollowed keeps a pipeline's row to this transaction and reads its current version; null when somebody else follows it. */
export async function lockUnfollowed(tx: Tx, pipelineId: string): Promise<{ workspaceId: string; version: number; triggers: unknown } | null> {
  const rows = await tx.$queryRawUnsafe<{ workspaceId: string; version: number; triggers: unknown }[]>(
    `select p.workspace_id as "workspaceId", v.number as version, coalesce(v.spec -> 'triggers', '[]'::jsonb) as triggers
     from pipeline p join pipeline_version v on v.pipeline_id = p.id and v.number = p.current_version
     where p.id = $1::uuid and p.current_version is distinct from p.scheduled_version for no key update of p skip locked`,
    pipelineId,
  );
  return rows[0] ?? null;
}

/** schedulesBefore reads a pipeline's rows before a new version. */
export async function schedulesBefore(tx: Tx, pipelineId: string): Promise<{ id: string; triggerIndex: number; trigger: ScheduleTrigger }[]> {
  const rows = await tx.schedule.findMany({ where: { pipelineId }, orderBy: { triggerIndex: 'asc' }, select: { id: true, triggerIndex: true, trigger: true } });
  return rows.map((row) => ({ ...row, trigger: row.trigger as unknown as ScheduleTrigger }));
}

/** writeSchedules replaces a pipeline's rows by those of a version; one with an id goes on with what it has done. */
export async function writeSchedules(
  tx: Tx,
  pipeline: { id: string; workspaceId: string; version: number },
  schedules: { id: string | null; index: number; trigger: ScheduleTrigger }[],
  now: Date,
): Promise<void> {
  const rows = schedules.map(({ id, index, trigger }) => ({ id: id ?? newId(), index, trigger, enabled: trigger.enabled !== false }));
  const json = JSON.stringify(rows);
  await tx.$executeRawUnsafe(
    `delete from schedule where pipeline_id = $1::uuid and id not in (select r.id from jsonb_to_recordset($2::jsonb) as r(id uuid))`,
    pipeline.id, json,
  );
  // places may change hands, and each is unique: first out of the way
  await tx.$executeRawUnsafe(`update schedule set trigger_index = -1 - trigger_index where pipeline_id = $1::uuid`, pipeline.id);
  await tx.$executeRawUnsafe(
    `insert into schedule (id, workspace_id, pipeline_id, trigger_index, version_number, trigger, enabled, next_due, updated_at)
     select r.id, $2::uuid, $1::uuid, r.index, $3::int, r.trigger, r.enabled, case when r.enabled then $4::timestamptz end, $4::timestamptz
     from jsonb_to_recordset($5::jsonb) as r(id uuid, index int, trigger jsonb, enabled boolean)
     on conflict (id) do update set trigger_index = excluded.trigger_index, version_number = excluded.version_number,
       trigger = excluded.trigger, enabled = excluded.enabled, next_due = excluded.next_due, updated_at = excluded.updated_at`,
    pipeline.id, pipeline.workspaceId, pipeline.version, now, json,
  );
  await tx.pipeline.updateMany({ where: { id: pipeline.id }, data: { scheduledVersion: pipeline.version } });
}

/** dueSchedules lists schedules of pipelines that are on: whose time has come, or whose waiting interval may start now. */
export async function dueSchedules(now: Date, shares: readonly number[] | null): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select s.id from schedule s join pipeline p on p.id = s.pipeline_id
     where s.enabled and not p.paused and p.archived_at is null
       and (s.next_due <= $1::timestamptz or (cardinality(s.waiting) > 0 and ${IDLE}))
       and ($2::int[] is null or penstock_partition(s.pipeline_id) = any($2))
     order by s.next_due limit 500`,
    [now, shares],
  );
  return rows.map((row) => row.id);
}

/** nextDueTime is when the next schedule of a pipeline that is on falls due, and whether any interval waits for a run to end. */
export async function nextDueTime(shares: readonly number[] | null): Promise<{ at: Date | null; waits: boolean }> {
  const { rows } = await pool().query<{ at: Date | null; waits: boolean }>(
    `select (select min(s.next_due) from schedule s join pipeline p on p.id = s.pipeline_id
             where s.enabled and s.next_due is not null and not p.paused and p.archived_at is null
               and ($1::int[] is null or penstock_partition(s.pipeline_id) = any($1))) as at,
       exists (select from schedule where cardinality(waiting) > 0 and ($1::int[] is null or penstock_partition(pipeline_id) = any($1))) as waits`,
    [shares],
  );
  return rows[0]!;
}

/** lockSchedule keeps a schedule's row to this transaction; null when another scheduler has it or it may not fire. */
export async function lockSchedule(tx: Tx, id: string): Promise<ScheduleRow | null> {
  const rows = await tx.$queryRawUnsafe<ScheduleRow[]>(
    `select ${COLUMNS} from ${FROM} where s.id = $1::uuid and s.enabled and not p.paused and p.archived_at is null for update of s skip locked`,
    id,
  );
  return rows[0] ?? null;
}

/** activeRuns lists a schedule's runs that have not ended, oldest first. */
export async function activeRuns(tx: Tx, scheduleId: string): Promise<string[]> {
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
    `select id from run where trigger_kind = 'schedule' and trigger_id = $1 and state in ('queued', 'running') order by created_at`,
    scheduleId,
  );
  return rows.map((row) => row.id);
}

/** coveredStarts tells which of these interval starts a run of the pipeline covers already, as milliseconds. */
export async function coveredStarts(tx: Tx, pipelineId: string, starts: Date[]): Promise<Set<number>> {
  if (starts.length === 0) return new Set();
  const rows = await tx.$queryRawUnsafe<{ at: Date }[]>(
    `select distinct interval_start as at from run where pipeline_id = $1::uuid and interval_start is not null
       and interval_start in (select x::timestamptz from jsonb_array_elements_text($2::jsonb) x)`,
    pipelineId, JSON.stringify(starts),
  );
  return new Set(rows.map((row) => row.at.getTime()));
}

/** recordLook writes how far a schedule has come. */
export async function recordLook(
  tx: Tx,
  id: string,
  look: { coveredUntil: Date | null; waiting: Date[]; lastInterval: Date | null; nextDue: Date | null; result: Json; now: Date },
): Promise<void> {
  await tx.$executeRawUnsafe(
    `update schedule set covered_until = $2::timestamptz, waiting = array(select x::timestamptz from jsonb_array_elements_text($3::jsonb) x),
       last_interval = coalesce($4::timestamptz, last_interval), next_due = $5::timestamptz,
       last_result = coalesce($6::jsonb, last_result), updated_at = $7::timestamptz where id = $1::uuid`,
    id, look.coveredUntil, JSON.stringify(look.waiting), look.lastInterval, look.nextDue, look.result === null ? null : JSON.stringify(look.result), look.now,
  );
}

/** A schedule as lists show it: its row, with its newest run. */
export type ListedSchedule = ScheduleRow & {
  run_id: string | null;
  run_state: string | null;
  run_start: Date | null;
  run_end: Date | null;
  run_started: Date | null;
};

/** listSchedules reads the schedules of a workspace's pipelines that are not archived. @param slugs only of these pipelines */
export async function listScheduleRows(workspaceId: string, slugs: string[] | null): Promise<ListedSchedule[]> {
  return prisma().$queryRawUnsafe<ListedSchedule[]>(
    `select ${COLUMNS}, r.id as run_id, r.state as run_state, r.interval_start as run_start, r.interval_end as run_end, r.started_at as run_started
     from ${FROM}
     left join lateral (select * from run where trigger_kind = 'schedule' and trigger_id = s.id::text order by created_at desc limit 1) r on true
     where s.workspace_id = $1::uuid and p.archived_at is null
       and ($2::jsonb is null or p.slug in (select jsonb_array_elements_text($2::jsonb)))
     order by p.slug, s.trigger_index`,
    workspaceId, slugs === null ? null : JSON.stringify(slugs),
  );
}
