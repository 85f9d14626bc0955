import type { z } from 'zod';
import { conflict, notFound } from '@/lib/core/errors';
import { isId } from '@/lib/core/ids';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { laneOrder } from '@/lib/dispatch/server';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { moveInQueue } from './change-store';
import type { raiseBody } from './schema';
import { isFinalRun } from './states';
import { lockRun } from './store';

/**
 * raiseRun moves what a run still has to do to another lane, or ahead in its lane; what runs already goes on.
 * @throws AppError not_found, conflict (the run has ended)
 */
export async function raiseRun(ctx: Context, id: string, { lane, priority }: z.infer<typeof raiseBody>): Promise<void> {
  authorize(ctx, 'run:write');
  await inTransaction(async (tx) => {
    const run = isId(id) ? await lockRun(tx, id, ctx.workspaceId) : null;
    if (!run) throw notFound('run', id);
    if (isFinalRun(run.state)) throw conflict(`The run has ended (${run.state}), so there is nothing to raise.`);
    await moveInQueue(tx, id, { lane: lane ?? null, laneOrder: lane === undefined ? null : laneOrder(lane), priority: priority ?? null });
    await audit(tx, ctx, { verb: 'run.raise', target: 'run', targetId: id, before: { lane: run.lane }, after: { ...(lane ? { lane } : {}), ...(priority === undefined ? {} : { priority }) } });
  });
  notify({ topic: 'work' }, { urgent: true });
  notify({ topic: 'run', id, workspaceId: ctx.workspaceId });
}
