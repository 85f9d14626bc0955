import { authorize, type Context } from '@/lib/tenancy/server';
import { listPools } from './pools';
import { selectLanes, selectSamples, selectShares, selectWaitingRuns, totalSlots } from './queue-store';
import type { QueueView } from './schema';

/** The charts look back this far, in milliseconds. */
const LOOK_BACK_MS = 3_600_000;
const RUNS_SHOWN = 50;

/**
 * getQueue shows who holds slots and who waits: lanes over all workspaces, this workspace's pools, and the workspaces' shares (an
 * owner of the organization sees all of them, others their own).
 */
export async function getQueue(ctx: Context): Promise<QueueView> {
  authorize(ctx, 'pool:read');
  const only = ctx.isOwner ? null : ctx.workspaceId;
  const [total, lanes, workspaces, pools, waitingRuns, samples] = await Promise.all([
    totalSlots(),
    selectLanes(),
    selectShares(only),
    listPools(ctx),
    selectWaitingRuns(ctx.workspaceId, RUNS_SHOWN),
    selectSamples(new Date(ctx.now.getTime() - LOOK_BACK_MS), only),
  ]);
  return { ...total, lanes, workspaces, pools, waitingRuns, samples };
}
