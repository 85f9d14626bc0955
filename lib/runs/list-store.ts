import { prisma } from '@/lib/db/client';
import { readCursor } from './cursor';
import type { ListRuns } from './schema';
import type { TaskState } from './states';
import type { RunRow } from './store';

const COLUMNS = `id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, null::jsonb as try_spec, try_options, state,
  trigger_kind, trigger_id, lane, params, logical_date, interval_start, interval_end, parent_run_id, parent_ordinal, note, created_by, created_by_id,
  created_at, started_at, finished_at, cancel_requested, unfinished, pinned_reads`;

/**
 * selectRuns lists a workspace's runs, newest first, one more than the limit so that the caller sees whether there are more.
 * Tries are left out unless asked for by trigger. The cursor is the last run's creation time and id.
 */
export async function selectRuns(workspaceId: string, query: ListRuns): Promise<RunRow[]> {
  const where: string[] = ['workspace_id = $1::uuid'];
  const values: unknown[] = [workspaceId];
  const and = (condition: (n: number) => string, value: unknown) => {
    values.push(value);
    where.push(condition(values.length));
  };
  if (query.pipeline) and((n) => `pipeline_slug = $${n}`, query.pipeline);
  if (query.state?.length) and((n) => `state in (select jsonb_array_elements_text($${n}::jsonb))`, JSON.stringify(query.state));
  if (query.trigger?.length) and((n) => `trigger_kind in (select jsonb_array_elements_text($${n}::jsonb))`, JSON.stringify(query.trigger));
  else where.push(`trigger_kind <> 'try'`);
  if (query.from) and((n) => `created_at >= $${n}::timestamptz`, query.from);
  if (query.to) and((n) => `created_at <= $${n}::timestamptz`, query.to);
  if (query.who) and((n) => `created_by = $${n}`, query.who);
  if (query.q) and((n) => `(pipeline_slug ilike $${n} or note ilike $${n} or created_by ilike $${n} or id::text like $${n})`, `%${escapeLike(query.q)}%`);
  const cursor = query.cursor === undefined ? null : readCursor(query.cursor);
  if (cursor) {
    values.push(cursor.at, cursor.id);
    where.push(`(created_at, id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(query.limit + 1);
  return prisma().$queryRawUnsafe<RunRow[]>(
    `select ${COLUMNS} from run where ${where.join(' and ')} order by created_at desc, id desc limit $${values.length}::int`,
    ...values,
  );
}

const escapeLike = (text: string) => text.replace(/[\\%_]/g, (c) => `\\${c}`);

/** selectLastSuccess finds the last run of the same pipeline, made before a run, that succeeded; null when there is none. */
export async function selectLastSuccess(run: Pick<RunRow, 'id' | 'workspace_id' | 'pipeline_id' | 'created_at'>): Promise<RunRow | null> {
  const rows = await prisma().$queryRawUnsafe<RunRow[]>(
    `select ${COLUMNS} from run where workspace_id = $1::uuid and pipeline_id = $2::uuid and state = 'succeeded' and trigger_kind <> 'try'
       and (created_at, id) < ($3::timestamptz, $4::uuid) order by created_at desc, id desc limit 1`,
    run.workspace_id, run.pipeline_id, run.created_at, run.id,
  );
  return rows[0] ?? null;
}

/** One task of one run in the grid, its mapped parts together. */
export type CellRow = { run_id: string; task_id: string; ordinal: number; states: TaskState[]; parts: number; attempts: number; took_ms: number | null; row_count: number | null };

/** selectCells reads what became of every task of some runs, in one statement. */
export async function selectCells(workspaceId: string, runIds: readonly string[]): Promise<CellRow[]> {
  if (runIds.length === 0) return [];
  return prisma().$queryRawUnsafe<CellRow[]>(
    `select t.run_id, t.task_id, min(t.ordinal)::int as ordinal, array_agg(distinct t.state) as states, count(*)::int as parts,
       max(t.attempt)::int as attempts,
       (case when bool_and(t.finished_at is not null) then extract(epoch from max(t.finished_at) - min(t.started_at)) * 1000 end)::float8 as took_ms,
       sum((t.table_output ->> 'rowCount')::bigint)::float8 as row_count
     from task_run t
     where t.run_id in (select jsonb_array_elements_text($2::jsonb)::uuid) and t.workspace_id = $1::uuid
     group by t.run_id, t.task_id order by t.run_id, ordinal`,
    workspaceId, JSON.stringify(runIds),
  );
}
