import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { holdsOn, pinReads, readNames } from '@/lib/datasets/server';
import { compiledRun } from './plan-cache';
import { pinAnew, releaseHeldTasks } from './change-store';
import { heldRuns, lockRun } from './store';

/**
 * releaseHeldRuns lets runs go on whose datasets are good again: by a passing version or a person's release (semantics §7). Their
 * reads are pinned anew, so they see what released them.
 */
export async function releaseHeldRuns(): Promise<void> {
  for (const { id, workspace_id: workspaceId } of await heldRuns()) {
    const released = await inTransaction(async (tx) => {
      const run = await lockRun(tx, id, workspaceId);
      if (!run) return 0;
      const { spec } = await compiledRun(run);
      if ((await holdsOn(tx, workspaceId, readNames(spec))).length > 0) return 0;
      const interval = run.interval_start && run.interval_end ? { start: run.interval_start, end: run.interval_end } : null;
      await pinAnew(tx, id, await pinReads(tx, workspaceId, spec, interval));
      return releaseHeldTasks(tx, id, 'held_by_check');
    });
    if (released === 0) continue;
    notify({ topic: 'work' });
    notify({ topic: 'run', id });
  }
}
