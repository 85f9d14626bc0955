import { type Json } from '@/lib/core/json';
import { inTransaction } from '@/lib/db/transaction';
import { spreadParts } from './map-store';
import { compiledRun } from './plan-cache';
import { lockRun } from './store';

/**
 * spreadTask gives a mapped task a part for each item, and lets it wait for them. Its attempt ends with that.
 * @returns 'cancelled' when the run is being stopped, null when the attempt is not its holder's any more
 */
export async function spreadTask(at: { run: string; ordinal: number; fence: number }, taskId: string, items: Json[]): Promise<'spread' | 'cancelled' | null> {
  return inTransaction(async (tx) => {
    const run = await lockRun(tx, at.run, null);
    if (!run) return null;
    if (run.cancel_requested) return 'cancelled';
    const { plan } = await compiledRun(run);
    const task = plan.tasks.find((each) => each.taskId === taskId)!;
    return (await spreadParts(tx, at, task, items)) ? 'spread' : null;
  }, 60_000);
}
