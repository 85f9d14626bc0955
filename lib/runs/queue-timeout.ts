import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { failQueuedTasks, propagate } from './change-store';
import { settleLocked } from './settle';
import { lockRun, runsQueuedTooLong } from './store';

/**
 * failQueuedTooLong fails tasks that no worker took within their queue timeout, and lets the rules flow on. They had no attempt, so
 * no retry is spent and none follows.
 */
export async function failQueuedTooLong(now: Date): Promise<void> {
  for (const { id, workspace_id: workspaceId } of await runsQueuedTooLong(now)) {
    await inTransaction(async (tx) => {
      const run = await lockRun(tx, id, workspaceId);
      const failed = run ? await failQueuedTasks(tx, id, now) : [];
      if (!run || failed.length === 0) return;
      const { ended } = await propagate(tx, id, failed.map((task) => ({ ordinal: task.ordinal, ending: task.failure_allowed ? 's' : 'f' })));
      if (ended.length === 0) await settleLocked(tx, run);
    });
    notify({ topic: 'work' });
    notify({ topic: 'run', id });
  }
}
