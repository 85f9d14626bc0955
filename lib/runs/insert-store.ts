import { type Json, type JsonObject } from '@/lib/core/json';
import { CHANNEL } from '@/lib/db/notify';
import { pool } from '@/lib/db/pool';
import { MORE, USUAL, type NewTask, type NewTasks, type Rare } from './new-tasks';
import type { Sql } from '@/lib/db/sql';
import { RUN_COLUMNS, type RunRow, type TaskRow } from './store';

/** A run to be written, as the service decided it. */
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
  latestUntil: Date | null;
  part: Json;
  dueAt: Date;
  parentRunId: string | null;
  parentOrdinal: number | null;
  note: string | null;
  createdBy: string | null;
  /** id of the person or token */
  createdById?: string | null;
  createdAt: Date;
  pinnedReads: JsonObject;
  unfinished: number;
  notifies: boolean;
};

/** A pipeline with the version to run. maxActiveRuns: how many of its runs may be active at once; null for any number. */
export type Runnable = { id: string; slug: string; archived: boolean; number: number | null; versionId: string | null; maxActiveRuns: number | null };

/** findRunnable reads a pipeline with the version to run: the asked one (its id null when there is none), else the newest. */
export async function findRunnable(
  workspaceId: string,
  slug: string,
  version: number | null,
): Promise<Runnable | null> {
  const { rows } = await pool().query<Runnable>({
    name: 'penstock_runnable',
    text: `select p.id, p.slug, p.archived_at is not null as archived, coalesce($3::int, p.current_version) as number, v.id as "versionId", p.max_active_runs as "maxActiveRuns"
           from pipeline p left join pipeline_version v on v.pipeline_id = p.id and v.number = coalesce($3::int, p.current_version)
           where p.workspace_id = $1::uuid and p.slug = $2`,
    values: [workspaceId, slug, version],
  });
  return rows[0] ?? null;
}

/** The tasks of a run just written, as they are now: made into rows only as far as they are shown. */
export type FirstTasks = { count: number; rows(limit: number): TaskRow[] };

/** The parameter of insertRun's statement that takes the audit's line. */
export const AUDIT_PARAMETER = '$4';

/**
 * insertRun writes a run, all its tasks whatever their number, and the line of the audit in one statement.
 * @param audited what auditWithin gives for the parameter AUDIT_PARAMETER
 * @param notice what noticeWithin gives, told at the commit; null for none
 * @returns the run's row, and what gives the tasks' as they are now
 */
export async function insertRun(on: Sql, run: NewRun, lane: number, tasks: NewTasks, audited: { insert: string; value: string }, notice: string | null): Promise<{ run: RunRow; tasks: FirstTasks }> {
  const fans = tasks.fans.length > 0;
  const more = (...names: (keyof Rare)[]) => names.map((name) => (tasks.plain ? USUAL[name] : `coalesce(o.${name}, ${USUAL[name]})`)).join(', ');
  const rows = await on.$queryRawUnsafe<(RunRow & { written_at: Date; told?: unknown })[]>(
    `with made as (
       insert into run (id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, try_spec, try_options, trigger_kind,
         trigger_id, lane, params, logical_date, interval_start, interval_end, due_at, parent_run_id, parent_ordinal, note, created_by, created_by_id,
         created_at, updated_at, pinned_reads, unfinished, notifies, latest_until, part)
       select r.id, r.workspace_id, r.pipeline_id, r.pipeline_slug, r.version_id, r.version_number, r.try_spec, r.try_options, r.trigger_kind,
         r.trigger_id, r.lane, r.params, r.logical_date, r.interval_start, r.interval_end, r.due_at, r.parent_run_id, r.parent_ordinal,
         r.note, r.created_by, r.created_by_id, r.created_at, r.created_at, r.pinned_reads, r.unfinished, r.notifies, r.latest_until, r.part
       from jsonb_to_record($1::jsonb) as r(id uuid, workspace_id uuid, pipeline_id uuid, pipeline_slug text, version_id uuid,
         version_number int, try_spec jsonb, try_options jsonb, trigger_kind text, trigger_id text, lane text, params jsonb,
         logical_date timestamptz, interval_start timestamptz, interval_end timestamptz, due_at timestamptz, parent_run_id uuid,
         parent_ordinal int, note text, created_by text, created_by_id text, created_at timestamptz, pinned_reads jsonb, unfinished int, notifies boolean,
         latest_until timestamptz, part jsonb)
       returning *, clock_timestamp()::timestamptz(3) as written_at
     ), queued as (
       insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, inline, state, rule, decides, undecided,
         failure_allowed, n_pending, n_succeeded, downstream, lane, priority, due_at, pool, pool_slots, worker_tags, gate, queue_timeout_seconds, fingerprint, output,
         table_output, restored_from, reason, ready_at, finished_at)
       select m.id, t.ordinal, t.task_id, m.workspace_id, m.pipeline_id, t.kind, t.inline, t.state, t.rule, ${more('decides', 'undecided', 'failure_allowed')},
         t.n_pending, ${more('n_succeeded')}, t.downstream::int[], $3::smallint, t.priority, m.due_at, ${more('pool', 'pool_slots', 'worker_tags', 'gate',
         'queue_timeout_seconds', 'fingerprint', 'output', 'table_output', 'restored_from', 'reason')},
         case when t.state = 'ready' then m.written_at end, case when t.state = 'restored' then m.written_at end
       from made m cross join unnest($5::int[], $6::text[], $7::text[], $8::boolean[], $9::text[], $10::text[], $11::int[], $12::text[], $13::int[], $2::text[])
         as t(ordinal, task_id, kind, inline, state, rule, n_pending, downstream, priority, more) ${tasks.plain ? '' : MORE}
     ), ${fans ? 'fanned as (insert into fan_out (run_id, ordinal) select m.id, f.ordinal from made m cross join unnest($14::int[]) as f(ordinal)), ' : ''}audited as (${audited.insert})
     select ${RUN_COLUMNS}, written_at${notice === null ? '' : `, pg_notify('${CHANNEL}', $${fans ? 15 : 14}) as told`} from made`,
    JSON.stringify({
      id: run.id, workspace_id: run.workspaceId, pipeline_id: run.pipelineId, pipeline_slug: run.pipelineSlug,
      version_id: run.versionId, version_number: run.versionNumber, try_spec: run.trySpec, try_options: run.tryOptions,
      trigger_kind: run.triggerKind, trigger_id: run.triggerId, lane: run.lane, params: run.params, logical_date: run.logicalDate,
      interval_start: run.intervalStart, interval_end: run.intervalEnd, due_at: run.dueAt, parent_run_id: run.parentRunId,
      parent_ordinal: run.parentOrdinal, note: run.note, created_by: run.createdBy, created_by_id: run.createdById ?? null, created_at: run.createdAt,
      pinned_reads: run.pinnedReads, unfinished: run.unfinished, notifies: run.notifies,
      latest_until: run.latestUntil, part: run.part,
    }),
    tasks.more, lane, audited.value, ...tasks.columns, ...(fans ? [tasks.fans] : []), ...(notice === null ? [] : [notice]),
  );
  const { written_at: at, told: _, ...row } = rows[0]!;
  return { run: row, tasks: { count: tasks.all.length, rows: (limit) => tasks.all.slice(0, limit).map((task) => firstRow(row.id, lane, task, at)) } };
}

/** firstRow is the row that insertRun wrote for a task: what the statement and the table's defaults make of it. */
function firstRow(runId: string, lane: number, task: NewTask, at: Date): TaskRow {
  const { ordinal, task_id, kind, state, decides, undecided, failure_allowed, reason, output, table_output, fingerprint, restored_from, worker_tags, n_pending, pool, pool_slots } = task;
  return {
    run_id: runId, ordinal, task_id, map_index: -1, kind, state, decides, undecided, failure_allowed, attempt: 0, retries: 0, lost_count: 0, cleared_at_attempt: 0,
    not_before: null, ready_at: state === 'ready' ? at : null, started_at: null, finished_at: state === 'restored' ? at : null, reason, output, table_output,
    fingerprint, restored_from, marked: null, worker_tags, lane, pool, pool_slots, n_pending, map_count: null,
  };
}
