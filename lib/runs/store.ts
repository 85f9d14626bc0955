import { type Json, type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { sql, type Sql } from '@/lib/db/sql';
import type { RunPart } from './part';
import type { Reason } from './schema';
import type { RunState, TaskState } from './states';

/** A run's row as the engine needs it. */
export type RunRow = {
  id: string;
  workspace_id: string;
  pipeline_id: string;
  pipeline_slug: string;
  version_id: string | null;
  version_number: number | null;
  try_spec: Json;
  try_options: Json;
  state: RunState;
  trigger_kind: string;
  trigger_id: string | null;
  lane: string;
  params: JsonObject;
  logical_date: Date | null;
  interval_start: Date | null;
  interval_end: Date | null;
  latest_until: Date | null;
  part: RunPart | null;
  parent_run_id: string | null;
  parent_ordinal: number | null;
  note: string | null;
  created_by: string | null;
  created_by_id: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  cancel_requested: boolean;
  unfinished: number;
  pinned_reads: JsonObject;
};

/** A task run's row as decisions need it. */
export type TaskRow = {
  run_id: string;
  ordinal: number;
  task_id: string;
  map_index: number;
  kind: string;
  state: TaskState;
  decides: boolean;
  undecided: boolean;
  failure_allowed: boolean;
  attempt: number;
  retries: number;
  lost_count: number;
  cleared_at_attempt: number;
  not_before: Date | null;
  ready_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  reason: Reason | null;
  output: Json;
  table_output: Json;
  fingerprint: string | null;
  restored_from: Json;
  marked: Json;
  worker_tags: string[];
  n_pending: number;
  map_count: number | null;
  /** 0 interactive, 1 production, 2 backfill, 3 exploratory */
  lane: number;
  pool: string | null;
  pool_slots: number;
};

/** The columns of a RunRow. */
export const RUN_COLUMNS = `id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, try_spec, try_options, state, trigger_kind,
  trigger_id, lane, params, logical_date, interval_start, interval_end, parent_run_id, parent_ordinal, note, created_by, created_by_id, created_at,
  started_at, finished_at, cancel_requested, unfinished, pinned_reads, latest_until, part`;
const TASK_COLUMNS = `run_id, ordinal, task_id, map_index, kind, state, decides, undecided, failure_allowed, attempt, retries, lost_count,
  cleared_at_attempt, not_before, ready_at, started_at, finished_at, reason, output, table_output, fingerprint, restored_from, marked,
  worker_tags, lane, pool, pool_slots, n_pending, map_count`;

/** findRun reads one run; without a workspace (engine only) from any. */
export async function findRun(id: string, workspaceId: string | null, on: Sql = sql()): Promise<RunRow | null> {
  const rows = await on.$queryRawUnsafe<RunRow[]>(
    `select ${RUN_COLUMNS} from run where id = $1::uuid and ($2::uuid is null or workspace_id = $2::uuid)`,
    id,
    workspaceId,
  );
  return rows[0] ?? null;
}

/** pinnedReads gives the version of each dataset that a run reads; a clear may pin them anew. */
export async function pinnedReads(runId: string, on: Sql = sql()): Promise<Record<string, string | null>> {
  const rows = await on.$queryRawUnsafe<{ pinned_reads: Record<string, string | null> }[]>(`select pinned_reads from run where id = $1::uuid`, runId);
  return rows[0]?.pinned_reads ?? {};
}

const DATES = ['logical_date', 'interval_start', 'interval_end', 'latest_until', 'created_at', 'started_at', 'finished_at'] as const;
/** A run's row as JSON has it. */
type RunJson = Omit<RunRow, (typeof DATES)[number]> & Record<(typeof DATES)[number], string | null>;

/**
 * findRunWithTasks reads a run and its first tasks at one moment, in one statement.
 * @param which.ended the tasks only when the run has ended
 */
export async function findRunWithTasks(id: string, workspaceId: string, which: { limit: number; ended: boolean }): Promise<{ run: RunRow; tasks: TaskRow[] } | null> {
  const rows = await sql().$queryRawUnsafe<(TaskRow & { run: RunJson | null })[]>(
    `with r as (select ${RUN_COLUMNS} from run where id = $1::uuid and workspace_id = $2::uuid)
     select t.*, case when row_number() over (order by t.ordinal) = 1 then to_jsonb(r) end as run
     from r left join lateral (
       select ${TASK_COLUMNS} from task_run where run_id = $1::uuid and (not $4::boolean or r.state in ('succeeded', 'failed', 'cancelled')) order by ordinal limit $3::int
     ) t on true order by t.ordinal`,
    id, workspaceId, which.limit, which.ended,
  );
  const [first] = rows;
  if (!first?.run) return null;
  const { run } = first;
  const dates = Object.fromEntries(DATES.map((name) => [name, run[name] === null ? null : new Date(run[name])])) as Pick<RunRow, (typeof DATES)[number]>;
  return { run: { ...run, ...dates }, tasks: first.run_id === null ? [] : rows.map(({ run: _run, ...task }) => task) };
}

/** lockRun takes the run's row lock, which makes every change inside one run serial, and tells its open fan-outs; null when it is not there. */
export async function lockRun(tx: Sql, id: string, workspaceId: string | null): Promise<RunRow | null> {
  const rows = await tx.$queryRawUnsafe<RunRow[]>(
    `select ${RUN_COLUMNS} from penstock_lock_run($1::uuid, $2::uuid)`,
    id,
    workspaceId,
  );
  return rows[0] ?? null;
}

/** taskRows reads a run's tasks in plan order, without the parts of mapped tasks; by pages with them, after the tasks of the plan. */
export async function taskRows(runId: string, on: Sql = sql(), page: { after: number; limit: number } | null = null): Promise<TaskRow[]> {
  return on.$queryRawUnsafe<TaskRow[]>(
    `select ${TASK_COLUMNS} from task_run where run_id = $1::uuid and ordinal > $2::int${page ? '' : ' and map_index < 0'} order by ordinal limit $3::int`,
    runId,
    page?.after ?? -1,
    page?.limit ?? 1_000_000,
  );
}

/** countTasks is how many tasks a run has. */
export async function countTasks(runId: string): Promise<number> {
  const rows = await prisma().$queryRawUnsafe<{ n: number }[]>(`select count(*)::int as n from task_run where run_id = $1::uuid`, runId);
  return rows[0]!.n;
}

/** findVersion gives the id of a pipeline's version by number; null when there is none. */
export async function findVersion(workspaceId: string, pipelineId: string, number: number): Promise<string | null> {
  const version = await prisma().pipelineVersion.findFirst({ where: { workspaceId, pipelineId, number }, select: { id: true } });
  return version?.id ?? null;
}

/** neighbourRuns lists other runs of the pipeline, tries aside, with an earlier or later logical date; one without counts by its creation. */
export async function neighbourRuns(run: RunRow, which: { past: boolean; future: boolean }): Promise<string[]> {
  if (!which.past && !which.future) return [];
  const rows = await prisma().$queryRawUnsafe<{ id: string }[]>(
    `select id from run where workspace_id = $1::uuid and pipeline_id = $2::uuid and id <> $3::uuid and trigger_kind <> 'try'
       and (($5::boolean and coalesce(logical_date, created_at) < $4::timestamptz) or ($6::boolean and coalesce(logical_date, created_at) > $4::timestamptz))
     order by coalesce(logical_date, created_at)`,
    run.workspace_id, run.pipeline_id, run.id, run.logical_date ?? run.created_at, which.past, which.future,
  );
  return rows.map((r) => r.id);
}

/** taskRowsAt reads chosen tasks of a run. */
export async function taskRowsAt(runId: string, ordinals: number[], on: Sql = sql()): Promise<TaskRow[]> {
  if (ordinals.length === 0) return [];
  return on.$queryRawUnsafe<TaskRow[]>(
    `select ${TASK_COLUMNS} from task_run
     where run_id = $1::uuid and ordinal in (select jsonb_array_elements_text($2::jsonb)::int)`,
    runId, JSON.stringify(ordinals),
  );
}

/** lastGoodTable is the newest table that a task of this pipeline gave when it succeeded; null when there is none any more. */
export async function lastGoodTable(pipelineId: string, taskId: string): Promise<Json> {
  const rows = await prisma().$queryRawUnsafe<{ table_output: Json }[]>(
    `select t.table_output from run r join task_run t on t.run_id = r.id and t.task_id = $2
     where r.pipeline_id = $1::uuid and r.trigger_kind <> 'try' and t.map_index < 0 and t.table_output is not null and t.state in ('succeeded', 'restored')
     order by r.created_at desc limit 1`,
    pipelineId, taskId,
  );
  return rows[0]?.table_output ?? null;
}

/** taskRowOf reads one task of a run: itself, or one of its mapped parts. */
export async function taskRowOf(runId: string, taskId: string, mapIndex: number | null, on: Sql = sql()): Promise<TaskRow | null> {
  const rows = await on.$queryRawUnsafe<TaskRow[]>(
    `select ${TASK_COLUMNS} from task_run where task_id = $2 and run_id = $1::uuid and map_index = $3::int`,
    runId, taskId, mapIndex ?? -1,
  );
  return rows[0] ?? null;
}

/** unpark gives a parked attempt a lease for the moment in which it is ended. @returns false when it is not parked any more */
export async function unpark(tx: Sql, runId: string, ordinal: number, attempt: number): Promise<boolean> {
  const rows = await tx.$queryRawUnsafe<{ ours: boolean }[]>(`select penstock_unpark($1::uuid, $2::int, $3::int) as ours`, runId, ordinal, attempt);
  return rows[0]?.ours ?? false;
}

/** expiredApprovals lists approvals that nobody decided in time, at most 100. */
export async function expiredApprovals(now: Date): Promise<{ run_id: string; ordinal: number }[]> {
  return prisma().$queryRawUnsafe<{ run_id: string; ordinal: number }[]>(
    `select run_id, ordinal from task_run where standing in ('deferred', 'awaiting_approval') and standing = 'awaiting_approval' and not_before <= $1::timestamptz
     order by not_before limit 100`,
    now,
  );
}

/** waitingApprovals lists a workspace's tasks that wait for a decision, those that expire first at the top, at most 500. */
export async function waitingApprovals(
  workspaceId: string,
): Promise<(TaskRow & { pipeline_slug: string; version_number: number | null; created_by: string | null; created_by_id: string | null })[]> {
  return prisma().$queryRawUnsafe(
    `select ${TASK_COLUMNS.split(',').map((c) => `t.${c.trim()}`).join(', ')}, r.pipeline_slug, r.version_number, r.created_by, r.created_by_id
     from task_run t join run r on r.id = t.run_id
     where t.standing in ('deferred', 'awaiting_approval') and t.standing = 'awaiting_approval' and t.workspace_id = $1::uuid
     order by t.not_before limit 500`,
    workspaceId,
  );
}

/** lastSchema is the schema of the newest table a task of this pipeline gave; null when it never gave one. */
export async function lastSchema(pipelineId: string, taskId: string): Promise<Json> {
  const rows = await prisma().$queryRawUnsafe<{ schema: Json }[]>(
    `select t.table_output -> 'schema' as schema from run r join task_run t on t.run_id = r.id and t.task_id = $2
     where r.pipeline_id = $1::uuid and t.map_index < 0 and t.table_output is not null order by r.created_at desc limit 1`,
    pipelineId, taskId,
  );
  return rows[0]?.schema ?? null;
}

/** fingerprinted finds the newest results of this pipeline's tries by fingerprint. */
export async function fingerprinted(pipelineId: string, fingerprints: string[]): Promise<TaskRow[]> {
  if (fingerprints.length === 0) return [];
  return prisma().$queryRawUnsafe<TaskRow[]>(
    `select distinct on (fingerprint) ${TASK_COLUMNS} from task_run
     where pipeline_id = $1::uuid and state = 'succeeded' and fingerprint in (select jsonb_array_elements_text($2::jsonb))
     order by fingerprint, finished_at desc`,
    pipelineId, JSON.stringify(fingerprints),
  );
}

/** childRunRow finds the newest run that a task started after its last clear. */
export async function childRunRow(runId: string, ordinal: number, clearedAt: number): Promise<string | null> {
  const rows = await prisma().$queryRawUnsafe<{ id: string }[]>(
    `select c.id from run c
     where c.parent_run_id = $1::uuid and c.parent_ordinal = $2::int and c.trigger_kind = 'subpipeline'
       and c.created_at >= coalesce((select min(a.claimed_at) from attempt a where a.run_id = $1::uuid and a.ordinal = $2::int and a.number > $3::int), c.created_at)
     order by c.created_at desc limit 1`,
    runId, ordinal, clearedAt,
  );
  return rows[0]?.id ?? null;
}

/** newestEnded finds the newest ended run of a pipeline in one of the states, of an interval or created after a moment when given. */
export async function newestEnded(
  workspaceId: string,
  which: { pipeline: string; states: string[]; intervalStart: Date | null; after: Date | null },
): Promise<{ id: string; state: string } | null> {
  const rows = await prisma().$queryRawUnsafe<{ id: string; state: string }[]>(
    `select r.id, r.state from run r join pipeline p on p.id = r.pipeline_id
     where p.workspace_id = $1::uuid and p.slug = $2 and r.state in (select jsonb_array_elements_text($3::jsonb)) and r.trigger_kind <> 'try'
       and ($4::timestamptz is null or r.interval_start = $4::timestamptz) and ($5::timestamptz is null or r.created_at >= $5::timestamptz)
     order by r.created_at desc limit 1`,
    workspaceId, which.pipeline, JSON.stringify(which.states), which.intervalStart, which.after,
  );
  return rows[0] ?? null;
}

/** runDepth counts the runs above a run. */
export async function runDepth(runId: string): Promise<number> {
  const rows = await prisma().$queryRawUnsafe<{ depth: number }[]>(
    `with recursive up(id, depth) as (
       select parent_run_id, 0 from run where id = $1::uuid
       union all select r.parent_run_id, u.depth + 1 from up u join run r on r.id = u.id where u.depth < 1000
     ) select max(depth)::int as depth from up`,
    runId,
  );
  return rows[0]?.depth ?? 0;
}

/** stagedVersion is the dataset version that a task of this run wrote and that waits for its checks. */
export async function stagedVersion(tx: Sql, runId: string, taskId: string): Promise<string | null> {
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
    `select id from dataset_version where run_id = $1::uuid and task_id = $2 and state = 'staged' order by number desc limit 1`,
    runId, taskId,
  );
  return rows[0]?.id ?? null;
}

/** taskStates reads the states of some tasks of a run. */
export async function taskStates(tx: Sql, runId: string, taskIds: string[]): Promise<TaskState[]> {
  const rows = await tx.$queryRawUnsafe<{ state: TaskState }[]>(
    `select state from task_run where run_id = $1::uuid and task_id in (select jsonb_array_elements_text($2::jsonb))`,
    runId, JSON.stringify(taskIds),
  );
  return rows.map((r) => r.state);
}

/** findWorkspaceSlug gives a workspace's slug. */
export async function findWorkspaceSlug(id: string): Promise<string> {
  return (await prisma().workspace.findUniqueOrThrow({ where: { id }, select: { slug: true } })).slug;
}

/** runsToTell lists ended runs whose channels have not heard of that end yet. */
export async function runsToTell(): Promise<{ id: string; workspace_id: string; workspace: string }[]> {
  return prisma().$queryRawUnsafe<{ id: string; workspace_id: string; workspace: string }[]>(
    `select r.id, r.workspace_id, w.slug as workspace from run r join workspace w on w.id = r.workspace_id
     where r.notifies and r.finished_at is not null and (r.told_at is null or r.told_at < r.finished_at) order by r.finished_at limit 100`,
  );
}

/** markTold notes that a run's channels heard of its end. @returns false when somebody else was quicker */
export async function markTold(tx: Sql, runId: string): Promise<boolean> {
  const changed = await tx.$executeRawUnsafe(
    `update run set told_at = finished_at where id = $1::uuid and finished_at is not null and (told_at is null or told_at < finished_at)`,
    runId,
  );
  return changed > 0;
}

/** runsQueuedTooLong lists live runs with a task that waited in the queue longer than it may. */
export async function runsQueuedTooLong(now: Date): Promise<{ id: string; workspace_id: string }[]> {
  return prisma().$queryRawUnsafe<{ id: string; workspace_id: string }[]>(
    `select distinct t.run_id as id, t.workspace_id from task_run t where standing = 'ready' and queue_timeout_seconds is not null
       and ready_at + make_interval(secs => queue_timeout_seconds) <= $1::timestamptz limit 200`,
    now,
  );
}

/** heldRuns lists live runs with tasks that wait for a dataset to be released. */
export async function heldRuns(): Promise<{ id: string; workspace_id: string }[]> {
  return prisma().$queryRawUnsafe<{ id: string; workspace_id: string }[]>(
    `select distinct r.id, r.workspace_id from task_run t join run r on r.id = t.run_id
     where t.standing = 'deferred' and t.not_before is null and t.reason ->> 'code' = 'held_by_check' limit 200`,
  );
}

/** runBefore is the newest run of the latest interval that starts before an instant; null when there is none. */
export async function runBefore(tx: Sql, pipelineId: string, start: Date): Promise<{ id: string; state: RunState; start: Date } | null> {
  const rows = await tx.$queryRawUnsafe<{ id: string; state: RunState; start: Date }[]>(
    `select id, state, interval_start as start from run where pipeline_id = $1::uuid and interval_start < $2::timestamptz and trigger_kind <> 'try'
     order by interval_start desc, created_at desc limit 1`,
    pipelineId, start,
  );
  return rows[0] ?? null;
}

/** runsWaitingForPast lists runs that wait for the one of the interval before, oldest interval first. */
export async function runsWaitingForPast(): Promise<{ id: string; workspace_id: string }[]> {
  return prisma().$queryRawUnsafe<{ id: string; workspace_id: string }[]>(
    `select r.id, r.workspace_id from run r where exists (select from task_run t where t.run_id = r.id and t.standing = 'deferred' and t.reason ->> 'code' = 'depends_on_past')
       and r.state in ('queued', 'running') order by r.interval_start limit 200`,
  );
}

/** runsWithOldOutputs lists ended runs whose outputs are past retention; settings.retentionDays of the version overrides. */
export async function runsWithOldOutputs(now: Date, keptDays: number, triesKeptDays: number): Promise<{ id: string; workspace_id: string }[]> {
  const { rows } = await pool().query<{ id: string; workspace_id: string }>(
    `select r.id, r.workspace_id from run r left join pipeline_version v on v.id = r.version_id
     where r.state in ('succeeded', 'failed', 'cancelled')
       and r.finished_at < $1::timestamptz - make_interval(days => case when r.trigger_kind = 'try' then $3::int
             else coalesce((v.spec #>> '{settings,retentionDays}')::int, $2::int) end)
       and exists (select 1 from task_run t where t.run_id = r.id and t.table_output is not null)
     limit 200`,
    [now, keptDays, triesKeptDays],
  );
  return rows;
}
