import { type Json, type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { type Tx } from '@/lib/db/transaction';
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
  parent_run_id: string | null;
  parent_ordinal: number | null;
  note: string | null;
  created_by: string | null;
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
};

const RUN_COLUMNS = `id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, try_spec, try_options, state, trigger_kind,
  trigger_id, lane, params, logical_date, interval_start, interval_end, parent_run_id, parent_ordinal, note, created_by, created_at,
  started_at, finished_at, cancel_requested, unfinished, pinned_reads`;
const TASK_COLUMNS = `run_id, ordinal, task_id, map_index, kind, state, decides, undecided, failure_allowed, attempt, retries, lost_count,
  cleared_at_attempt, not_before, ready_at, started_at, finished_at, reason, output, table_output, fingerprint, restored_from, marked,
  worker_tags`;

type Sql = Pick<Tx, '$queryRawUnsafe' | '$executeRawUnsafe'>;

/** findRun reads one run; without a workspace (engine only) from any. */
export async function findRun(id: string, workspaceId: string | null, on: Sql = prisma()): Promise<RunRow | null> {
  const rows = await on.$queryRawUnsafe<RunRow[]>(
    `select ${RUN_COLUMNS} from run where id = $1::uuid and ($2::uuid is null or workspace_id = $2::uuid)`,
    id,
    workspaceId,
  );
  return rows[0] ?? null;
}

/** lockRun takes the run's row lock, which makes every change inside one run serial; null when it is not there. */
export async function lockRun(tx: Sql, id: string, workspaceId: string | null): Promise<RunRow | null> {
  const rows = await tx.$queryRawUnsafe<RunRow[]>(
    `select ${RUN_COLUMNS} from run where id = $1::uuid and ($2::uuid is null or workspace_id = $2::uuid) for no key update`,
    id,
    workspaceId,
  );
  return rows[0] ?? null;
}

/** taskRows reads a run's tasks in plan order. */
export async function taskRows(runId: string, on: Sql = prisma(), page: { after: number; limit: number } | null = null): Promise<TaskRow[]> {
  return on.$queryRawUnsafe<TaskRow[]>(
    `select ${TASK_COLUMNS} from task_run where run_id = $1::uuid and ordinal > $2::int order by ordinal limit $3::int`,
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

export type NewRun = {
  id: string;
  workspaceId: string;
  pipelineId: string;
  pipelineSlug: string;
  versionId: string | null;
  versionNumber: number | null;
  trySpec: Json;
  tryOptions: Json;
  triggerKind: string;
  triggerId: string | null;
  lane: string;
  params: JsonObject;
  logicalDate: Date | null;
  intervalStart: Date | null;
  intervalEnd: Date | null;
  dueAt: Date;
  parentRunId: string | null;
  parentOrdinal: number | null;
  note: string | null;
  createdBy: string | null;
  createdAt: Date;
  pinnedReads: JsonObject;
  unfinished: number;
};

export type NewTask = {
  ordinal: number;
  task_id: string;
  kind: string;
  inline: boolean;
  state: TaskState;
  rule: string;
  decides: boolean;
  undecided: boolean;
  failure_allowed: boolean;
  n_pending: number;
  n_succeeded: number;
  downstream: number[];
  priority: number;
  pool: string | null;
  pool_slots: number;
  worker_tags: string[];
  fingerprint: string | null;
  output: Json;
  table_output: Json;
  restored_from: Json;
  reason: Reason | null;
};

/** insertRun writes a run and all its tasks, in two statements whatever their number. */
export async function insertRun(tx: Sql, run: NewRun, lane: number, tasks: NewTask[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `insert into run (id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, try_spec, try_options, trigger_kind,
       trigger_id, lane, params, logical_date, interval_start, interval_end, due_at, parent_run_id, parent_ordinal, note, created_by,
       created_at, updated_at, pinned_reads, unfinished)
     select r.id, r.workspace_id, r.pipeline_id, r.pipeline_slug, r.version_id, r.version_number, r.try_spec, r.try_options, r.trigger_kind,
       r.trigger_id, r.lane, r.params, r.logical_date, r.interval_start, r.interval_end, r.due_at, r.parent_run_id, r.parent_ordinal,
       r.note, r.created_by, r.created_at, r.created_at, r.pinned_reads, r.unfinished
     from jsonb_to_record($1::jsonb) as r(id uuid, workspace_id uuid, pipeline_id uuid, pipeline_slug text, version_id uuid,
       version_number int, try_spec jsonb, try_options jsonb, trigger_kind text, trigger_id text, lane text, params jsonb,
       logical_date timestamptz, interval_start timestamptz, interval_end timestamptz, due_at timestamptz, parent_run_id uuid,
       parent_ordinal int, note text, created_by text, created_at timestamptz, pinned_reads jsonb, unfinished int)`,
    JSON.stringify({
      id: run.id, workspace_id: run.workspaceId, pipeline_id: run.pipelineId, pipeline_slug: run.pipelineSlug,
      version_id: run.versionId, version_number: run.versionNumber, try_spec: run.trySpec, try_options: run.tryOptions,
      trigger_kind: run.triggerKind, trigger_id: run.triggerId, lane: run.lane, params: run.params, logical_date: run.logicalDate,
      interval_start: run.intervalStart, interval_end: run.intervalEnd, due_at: run.dueAt, parent_run_id: run.parentRunId,
      parent_ordinal: run.parentOrdinal, note: run.note, created_by: run.createdBy, created_at: run.createdAt,
      pinned_reads: run.pinnedReads, unfinished: run.unfinished,
    }),
  );
  await tx.$executeRawUnsafe(
    `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, rule, decides, undecided,
       failure_allowed, n_pending, n_succeeded, downstream, lane, priority, due_at, pool, pool_slots, worker_tags, fingerprint, output,
       table_output, restored_from, reason, ready_at, finished_at)
     select $2::uuid, t.ordinal, t.task_id, $3::uuid, $4::uuid, t.kind, t.inline, t.state, t.rule, t.decides, t.undecided,
       t.failure_allowed, t.n_pending, t.n_succeeded, t.downstream, $5::smallint, t.priority, $6::timestamptz, t.pool, t.pool_slots,
       t.worker_tags, t.fingerprint, t.output, t.table_output, t.restored_from, t.reason,
       case when t.state = 'ready' then clock_timestamp() end, case when t.state = 'restored' then clock_timestamp() end
     from jsonb_to_recordset($1::jsonb) as t(ordinal int, task_id text, kind text, inline boolean, state text, rule text,
       decides boolean, undecided boolean, failure_allowed boolean, n_pending int, n_succeeded int, downstream int[], priority int,
       pool text, pool_slots int, worker_tags text[], fingerprint text, output jsonb, table_output jsonb, restored_from jsonb, reason jsonb)`,
    JSON.stringify(tasks), run.id, run.workspaceId, run.pipelineId, lane, run.dueAt,
  );
}

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
  return tx.$executeRawUnsafe(
    `update task_run set state = 'cancelled', undecided = false, reason = $2::jsonb, finished_at = clock_timestamp(), updated_at = clock_timestamp()
     where run_id = $1::uuid and state in ('pending', 'ready', 'up_for_retry', 'deferred', 'awaiting_approval')`,
    runId, JSON.stringify(reason),
  );
}

/** One row of a run after a clear or a mark. */
export type Rewrite = {
  ordinal: number;
  state: TaskState;
  counts: { p: number; s: number; f: number; u: number; k: number };
  undecided: boolean;
  reset: boolean;
};

/** rewriteTasks writes every row of a run after a clear: reset rows start over, the others get their counters. */
export async function rewriteTasks(tx: Sql, runId: string, rows: Rewrite[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `update task_run t set
       state = case when w.reset or t.state = 'pending' then w.state else t.state end,
       n_pending = w.p, n_succeeded = w.s, n_failed = w.f, n_upstream_failed = w.u, n_skipped = w.k, undecided = w.undecided,
       retries = case when w.reset then 0 else t.retries end, lost_count = case when w.reset then 0 else t.lost_count end,
       cleared_at_attempt = case when w.reset then t.attempt else t.cleared_at_attempt end,
       not_before = case when w.reset then null else t.not_before end,
       started_at = case when w.reset then null else t.started_at end,
       finished_at = case when not w.reset then t.finished_at when w.state in ('skipped', 'upstream_failed') then clock_timestamp() end,
       ready_at = case when w.state = 'ready' and (w.reset or t.state = 'pending') then clock_timestamp() else t.ready_at end,
       reason = case when w.reset then null else t.reason end, output = case when w.reset then null else t.output end,
       table_output = case when w.reset then null else t.table_output end, marked = case when w.reset then null else t.marked end,
       restored_from = case when w.reset then null else t.restored_from end, updated_at = clock_timestamp()
     from jsonb_to_recordset($2::jsonb) as w(ordinal int, state text, p int, s int, f int, u int, k int, undecided boolean, reset boolean)
     where t.run_id = $1::uuid and t.ordinal = w.ordinal`,
    runId, JSON.stringify(rows.map(({ counts, ...r }) => ({ ...r, ...counts }))),
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

/** findVersion gives the id of a pipeline's version by number; null when there is none. */
export async function findVersion(workspaceId: string, pipelineId: string, number: number): Promise<string | null> {
  const version = await prisma().pipelineVersion.findFirst({ where: { workspaceId, pipelineId, number }, select: { id: true } });
  return version?.id ?? null;
}

/** neighbourRuns lists other runs of the pipeline with an earlier or later logical date. */
export async function neighbourRuns(run: RunRow, which: { past: boolean; future: boolean }): Promise<string[]> {
  if (!run.logical_date || (!which.past && !which.future)) return [];
  const rows = await prisma().$queryRawUnsafe<{ id: string }[]>(
    `select id from run where workspace_id = $1::uuid and pipeline_id = $2::uuid and id <> $3::uuid and logical_date is not null
       and (($5::boolean and logical_date < $4::timestamptz) or ($6::boolean and logical_date > $4::timestamptz))
     order by logical_date`,
    run.workspace_id, run.pipeline_id, run.id, run.logical_date, which.past, which.future,
  );
  return rows.map((r) => r.id);
}

/** taskRowsAt reads chosen tasks of a run. */
export async function taskRowsAt(runId: string, ordinals: number[]): Promise<TaskRow[]> {
  if (ordinals.length === 0) return [];
  return prisma().$queryRawUnsafe<TaskRow[]>(
    `select ${TASK_COLUMNS} from task_run
     where run_id = $1::uuid and ordinal in (select jsonb_array_elements_text($2::jsonb)::int)`,
    runId, JSON.stringify(ordinals),
  );
}

/** lastSchema is the schema of the newest table a task of this pipeline gave; null when it never gave one. */
export async function lastSchema(pipelineId: string, taskId: string): Promise<Json> {
  const rows = await prisma().$queryRawUnsafe<{ schema: Json }[]>(
    `select t.table_output -> 'schema' as schema from run r join task_run t on t.run_id = r.id and t.task_id = $2
     where r.pipeline_id = $1::uuid and t.table_output is not null order by r.created_at desc limit 1`,
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

/** findWorkspaceSlug gives a workspace's slug. */
export async function findWorkspaceSlug(id: string): Promise<string> {
  return (await prisma().workspace.findUniqueOrThrow({ where: { id }, select: { slug: true } })).slug;
}

/** queuePlace counts the ready tasks that a claim takes before this one. */
export async function queuePlace(task: Pick<TaskRow, 'run_id' | 'ordinal'>): Promise<number> {
  const rows = await prisma().$queryRawUnsafe<{ n: number }[]>(
    `select count(*)::int as n from task_run me join task_run t on t.state = 'ready' and t.inline = me.inline
       and (t.lane, -t.priority, t.due_at, t.run_id, t.ordinal) < (me.lane, -me.priority, me.due_at, me.run_id, me.ordinal)
     where me.run_id = $1::uuid and me.ordinal = $2::int`,
    task.run_id, task.ordinal,
  );
  return rows[0]?.n ?? 0;
}

/** heldRuns lists live runs with tasks that wait for a dataset to be released. */
export async function heldRuns(): Promise<{ id: string; workspace_id: string }[]> {
  return prisma().$queryRawUnsafe<{ id: string; workspace_id: string }[]>(
    `select distinct r.id, r.workspace_id from task_run t join run r on r.id = t.run_id
     where t.state = 'deferred' and t.reason ->> 'code' = 'held_by_check' limit 200`,
  );
}

/** releaseHeldTasks readies what waited for a dataset and pins the run's reads anew. */
export async function releaseHeldTasks(tx: Sql, runId: string, pinnedReads: JsonObject): Promise<number> {
  await tx.$executeRawUnsafe(`update run set pinned_reads = $2::jsonb where id = $1::uuid`, runId, JSON.stringify(pinnedReads));
  return tx.$executeRawUnsafe(
    `update task_run set state = 'ready', reason = null, ready_at = clock_timestamp(), updated_at = clock_timestamp()
     where run_id = $1::uuid and state = 'deferred' and reason ->> 'code' = 'held_by_check'`,
    runId,
  );
}

/** runsWithOldOutputs lists ended runs whose outputs are past retention; settings.retentionDays of the version overrides. */
export async function runsWithOldOutputs(now: Date, keptDays: number, triesKeptDays: number): Promise<{ id: string; workspace_id: string }[]> {
  return prisma().$queryRawUnsafe<{ id: string; workspace_id: string }[]>(
    `select r.id, r.workspace_id from run r left join pipeline_version v on v.id = r.version_id
     where r.state in ('succeeded', 'failed', 'cancelled')
       and r.finished_at < $1::timestamptz - make_interval(days => case when r.trigger_kind = 'try' then $3::int
             else coalesce((v.spec #>> '{settings,retentionDays}')::int, $2::int) end)
       and exists (select 1 from task_run t where t.run_id = r.id and t.table_output is not null)
     limit 200`,
    now, keptDays, triesKeptDays,
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
