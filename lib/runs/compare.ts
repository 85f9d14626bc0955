import type { JsonObject, Json } from '@/lib/core/json';
import type { Context } from '@/lib/tenancy/server';
import { selectCells, selectLastSuccess } from './list-store';
import { compiledRun } from './plan-cache';
import type { ComparisonView, GridCell } from './schema';
import { cellView, taskOrder } from './grid';
import { findVisibleRun } from './service';
import { runSummary } from './views';

/** A task is called slower or faster when it took this many times as long, and by at least so much longer, in ms. */
const TIMES = 1.5;
const LEAST_MS = 1000;

/** compareWithSuccess sets a run beside the last one of its pipeline before it that succeeded: version, params, and every task. */
export async function compareWithSuccess(ctx: Context, id: string): Promise<ComparisonView> {
  const run = await findVisibleRun(ctx, id);
  const other = await selectLastSuccess(run);
  if (!other) return { other: null, params: [], tasks: [] };
  const [cells, { spec }] = await Promise.all([selectCells(ctx.workspaceId, [run.id, other.id]), compiledRun(run)]);
  const names = new Map(spec.tasks.map((t) => [t.id, t.name?.trim() || t.id]));
  const of = (runId: string, taskId: string) => cellView(cells.find((c) => c.run_id === runId && c.task_id === taskId));
  return {
    other: runSummary(other),
    params: paramDifferences(run.params, other.params),
    tasks: taskOrder([run.id, other.id], cells).map((taskId) => {
      const [now, before] = [of(run.id, taskId), of(other.id, taskId)];
      return { taskId, name: names.get(taskId) ?? taskId, now, before, differs: taskDifferences(now, before) };
    }),
  };
}

/** paramDifferences lists the params whose values differ; null stands for one that a run does not have. */
export function paramDifferences(now: JsonObject, before: JsonObject): { name: string; now: Json; before: Json }[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort();
  return names
    .map((name) => ({ name, now: now[name] ?? null, before: before[name] ?? null }))
    .filter((p) => JSON.stringify(p.now) !== JSON.stringify(p.before));
}

/** taskDifferences says in what a task of one run differs from the same of another; null stands for a run without it. */
export function taskDifferences(now: GridCell | null, before: GridCell | null): ComparisonView['tasks'][number]['differs'] {
  if (now === null || before === null) return now === before ? [] : ['state'];
  const differs: ComparisonView['tasks'][number]['differs'] = [];
  if (now.state !== before.state) differs.push('state');
  if (now.tookMs !== null && before.tookMs !== null) {
    const [less, more] = [Math.min(now.tookMs, before.tookMs), Math.max(now.tookMs, before.tookMs)];
    if (more - less >= LEAST_MS && more >= less * TIMES) differs.push('duration');
  }
  if (now.rowCount !== null && before.rowCount !== null && now.rowCount !== before.rowCount) differs.push('rows');
  return differs;
}
