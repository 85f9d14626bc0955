import { log } from '@/lib/core/log';
import { prisma } from '@/lib/db/client';
import { engineMetrics, type LostAttempt } from '@/lib/dispatch/server';
import { type Task } from '@/lib/pipeline';
import { decideEnd } from './decide-end';
import { finishAndClaim } from './finish';
import { compiledRun } from './plan-cache';
import { settleRun } from './settle';
import { findRun } from './store';

/** Kinds whose effects outside must not happen twice: a lost attempt fails instead of being tried again (semantics §2). */
export function onLostOf(task: Task): 'retry' | 'fail' {
  if (task.onLost) return task.onLost;
  if (task.kind === 'notify') return 'fail';
  return task.kind === 'http' && task.config.method !== 'GET' ? 'fail' : 'retry';
}

/** endLostAttempt ends an attempt whose lease ran out: tried again without costing a retry, or failed. */
export async function endLostAttempt(lost: LostAttempt, now: Date): Promise<void> {
  const run = await findRun(lost.run_id, null);
  if (!run) return;
  const { spec } = await compiledRun(run);
  const task = spec.tasks.find((t) => t.id === lost.task_id);
  if (!task) return;
  const end = decideEnd({ outcome: 'lost' }, { onLost: lost.kind === 'map' ? 'retry' : onLostOf(task), retries: lost.retries, lostCount: lost.lost_count }, now, 0);
  const who = lost.worker ? `Worker ${lost.worker}` : 'Its worker';
  const message = `${who} stopped answering, so attempt ${lost.number} was given up.`;
  const again = end.task === 'retry' ? '' : ' It is not tried again, because its effects outside must not happen twice or it was lost too often.';
  const { accepted, settled } = await finishAndClaim(
    [{ run: lost.run_id, ordinal: lost.ordinal, fence: lost.number, task: end.task, attempt: 'lost', lost: true, error: { code: 'lost', message: message + again }, reason: end.task === 'retry' ? null : { code: 'lost', text: message + again } }],
    null,
  );
  await settled;
  if (accepted > 0) engineMetrics.lost().inc();
  if (accepted > 0) log.warn({ run: lost.run_id, task: lost.task_id, attempt: lost.number, then: end.task }, 'attempt lost');
}

/** settleLeftOver settles runs that a crash left undecided or unjudged. */
export async function settleLeftOver(): Promise<void> {
  const rows = await prisma().$queryRawUnsafe<{ id: string }[]>(
    `(select distinct run_id as id from task_run where undecided and updated_at < clock_timestamp() - interval '5 seconds' limit 100)
     union
     (select id from run where state in ('queued', 'running') and unfinished <= 0 limit 100)`,
  );
  for (const { id } of rows) await settleRun(id);
}
