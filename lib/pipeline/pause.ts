import { notify } from '@/lib/db/notify';
import { type Tx } from '@/lib/db/transaction';
import { audit, type Context } from '@/lib/tenancy/server';
import * as store from './store';

/**
 * pauseAfterFailure pauses a pipeline whose settings ask for it (settings.pauseOnFailure), in the transaction that notes the failed run.
 * One that is paused already is left alone.
 */
export async function pauseAfterFailure(tx: Tx, ctx: Context, pipeline: { id: string; slug: string }, runId: string): Promise<void> {
  if (!(await store.pause(tx, ctx.workspaceId, pipeline.id))) return;
  await audit(tx, ctx, {
    verb: 'pipeline.update',
    target: 'pipeline',
    targetId: pipeline.slug,
    before: { paused: false },
    after: { paused: true, because: `Run ${runId} failed, and the pipeline's settings pause it then.` },
  });
  notify({ topic: 'pipeline', id: pipeline.id, workspaceId: ctx.workspaceId });
}
