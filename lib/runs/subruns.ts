import { type Json } from '@/lib/core/json';
import { type TableRef } from '@/lib/datasets/server';
import { compiledRun } from './plan-cache';
import { childRunRow, findRun, runDepth, taskRows } from './store';

/** childRun finds the run that a task's attempts since the last clear have started; null when none has. */
export const childRun = (runId: string, ordinal: number, clearedAt: number): Promise<string | null> => childRunRow(runId, ordinal, clearedAt);

/** nestingDepth is how many runs stand above a run. */
export const nestingDepth = (runId: string): Promise<number> => runDepth(runId);

/** runResult is what a sub-pipeline gives: output and table of its last task, when it has exactly one without successors. */
export async function runResult(runId: string): Promise<{ output: Json; table: TableRef | null }> {
  const run = await findRun(runId, null);
  if (!run) return { output: null, table: null };
  const { plan } = await compiledRun(run);
  const leaves = plan.tasks.filter((t) => t.downstream.length === 0);
  const rows = await taskRows(runId);
  const providers = leaves.map((l) => rows[l.ordinal]!).filter((r) => r.state === 'succeeded' || r.state === 'restored');
  const only = providers.length === 1 ? providers[0] : undefined;
  return { output: only?.output ?? null, table: (only?.table_output as unknown as TableRef | undefined) ?? null };
}
