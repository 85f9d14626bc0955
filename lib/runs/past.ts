import { notify } from '@/lib/db/notify';
import { type Sql } from '@/lib/db/sql';
import { inTransaction } from '@/lib/db/transaction';
import { type Spec } from '@/lib/pipeline';
import { releaseHeldTasks } from './change-store';
import { compiledRun } from './plan-cache';
import type { Reason } from './schema';
import { lockRun, runBefore, runsWaitingForPast } from './store';

/**
 * waitsForPast says why a run of an interval may not start yet under settings.dependsOnPast: the run of the interval before it has not
 * succeeded. The first run of a pipeline waits for nothing.
 */
export async function waitsForPast(tx: Sql, spec: Pick<Spec, 'settings'>, pipelineId: string, start: Date | null): Promise<Reason | null> {
  if (!spec.settings.dependsOnPast || start === null) return null;
  const before = await runBefore(tx, pipelineId, start);
  if (!before || before.state === 'succeeded') return null;
  return {
    code: 'depends_on_past',
    text: `Waits for the run of the interval before it (${before.start.toISOString()}) to succeed; that one is ${before.state}.`,
    details: { runId: before.id },
  };
}

/** releaseWaitingForPast starts runs whose interval before has succeeded by now. @returns how many still wait */
export async function releaseWaitingForPast(): Promise<number> {
  const waiting = await runsWaitingForPast();
  let left = waiting.length;
  for (const { id, workspace_id: workspaceId } of waiting) {
    const released = await inTransaction(async (tx) => {
      const run = await lockRun(tx, id, workspaceId);
      if (!run) return 0;
      const { spec } = await compiledRun(run);
      return (await waitsForPast(tx, spec, run.pipeline_id, run.interval_start)) ? 0 : releaseHeldTasks(tx, id, 'depends_on_past');
    });
    if (released === 0) continue;
    left -= 1;
    notify({ topic: 'work' });
    notify({ topic: 'run', id });
  }
  return left;
}
