import { requirePipeline } from '@/lib/pipeline/server';
import { authorize, type Context } from '@/lib/tenancy/server';
import { writeCursor } from './cursor';
import { selectCells, selectRuns, type CellRow } from './list-store';
import { compiledRun } from './plan-cache';
import type { GridCell, GridQuery, GridView } from './schema';
import { worstState } from './states';
import { findRun } from './store';
import { runSummary } from './views';

/**
 * runGrid gives the last runs of a pipeline, newest first, by what became of each of their tasks.
 * @throws AppError not_found
 */
export async function runGrid(ctx: Context, slug: string, query: GridQuery): Promise<GridView> {
  authorize(ctx, 'run:read');
  await requirePipeline(ctx, slug);
  const found = await selectRuns(ctx.workspaceId, { pipeline: slug, limit: query.runs, state: query.state, cursor: query.cursor });
  const runs = found.slice(0, query.runs);
  const [cells, names] = await Promise.all([selectCells(ctx.workspaceId, runs.map((r) => r.id)), namesIn(ctx, runs[0]?.id)]);
  const taskIds = taskOrder(runs.map((r) => r.id), cells);
  const byRun = new Map(runs.map((r) => [r.id, new Map<string, CellRow>()]));
  for (const cell of cells) byRun.get(cell.run_id)?.set(cell.task_id, cell);
  const last = runs.at(-1);
  return {
    tasks: taskIds.map((taskId) => ({ taskId, name: names.get(taskId) ?? taskId })),
    runs: runs.map((run) => ({ ...runSummary(run), cells: taskIds.map((id) => cellView(byRun.get(run.id)?.get(id))) })),
    nextCursor: found.length > query.runs && last ? writeCursor({ at: last.created_at, id: last.id }) : null,
  };
}

/**
 * taskOrder puts the tasks of some runs into rows: in the order of the newest run's plan, then those that only older runs have.
 * @param runIds newest first
 */
export function taskOrder(runIds: readonly string[], cells: readonly Pick<CellRow, 'run_id' | 'task_id' | 'ordinal'>[]): string[] {
  const age = new Map(runIds.map((id, i) => [id, i]));
  const sorted = [...cells].sort((a, b) => age.get(a.run_id)! - age.get(b.run_id)! || a.ordinal - b.ordinal);
  return [...new Set(sorted.map((c) => c.task_id))];
}

/** cellView is one cell of a grid; null where the run has no such task. */
export const cellView = (cell: CellRow | undefined): GridCell | null =>
  cell === undefined
    ? null
    : { state: worstState(cell.states), parts: cell.parts, attempts: cell.attempts, tookMs: cell.took_ms, rowCount: cell.row_count };

/** The names that tasks have in a run's spec, by id. */
async function namesIn(ctx: Context, runId: string | undefined): Promise<Map<string, string>> {
  const run = runId === undefined ? null : await findRun(runId, ctx.workspaceId);
  if (!run) return new Map();
  const { spec } = await compiledRun(run);
  return new Map(spec.tasks.map((t) => [t.id, t.name?.trim() || t.id]));
}
