import { invalid } from '@/lib/core/errors';
import { isId } from '@/lib/core/ids';
import { authorize, type Context } from '@/lib/tenancy/server';
import { type InferenceView } from './schema';
import * as store from './store';

/**
 * listInferences lists predictions, newest first.
 * @param given.endpointId of the endpoint, which the caller has looked up
 * @param given.id one prediction's id; one that is no id finds nothing
 */
export async function listInferences(
  ctx: Context,
  given: { endpointId?: string; id?: string; unitId?: string; variant?: string; limit: number; cursor?: string },
): Promise<{ items: (InferenceView & { endpointId: string })[]; nextCursor: string | null }> {
  authorize(ctx, 'endpoint:read');
  if (given.id !== undefined && !isId(given.id)) return { items: [], nextCursor: null };
  const found = await store.inferencePage(ctx.workspaceId, {
    endpointId: given.endpointId ?? null,
    id: given.id ?? null,
    unitId: given.unitId ?? null,
    variant: given.variant ?? null,
    before: given.cursor === undefined ? null : readCursor(given.cursor),
    limit: given.limit + 1,
  });
  const items = found.slice(0, given.limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > given.limit && last ? `${last.at.getTime()}.${last.id}` : null };
}

function readCursor(cursor: string): { at: Date; id: string } {
  const [, ms, id] = /^(\d{1,15})\.(.+)$/.exec(cursor) ?? [];
  if (ms === undefined || id === undefined || !isId(id)) throw invalid('The cursor is not one that this list gave.', [{ path: 'cursor', message: 'Leave it out to begin at the start.', value: cursor }]);
  return { at: new Date(Number(ms)), id };
}

/** countDropped counts the predictions of a window that were answered and not logged. */
export async function countDropped(ctx: Context, endpointId: string, from: Date, to: Date): Promise<number> {
  authorize(ctx, 'endpoint:read');
  return store.droppedRows(ctx.workspaceId, endpointId, from, to);
}
