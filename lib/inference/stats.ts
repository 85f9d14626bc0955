import { authorize, type Context } from '@/lib/tenancy/server';
import { type AssignedBy, type VariantStats } from './schema';
import * as store from './store';

/** Which rows of the log are counted. */
export type StatsWindow = {
  endpointId: string;
  /** when predictions were received, from included, to excluded: what an endpoint did then, whatever time its events carry */
  from: Date;
  to: Date;
  rolloutId?: string;
  step?: number;
  /** by default all that answered a caller; a rollout leaves out `forced` or asks for `shadow` */
  assignedBy?: AssignedBy[];
};

const ANSWERED: AssignedBy[] = ['hash', 'cookie', 'forced', 'only'];

/** variantStats counts rows, errors, units, latency and score of each variant and version in a window, in one statement. */
export async function variantStats(ctx: Context, window: StatsWindow): Promise<VariantStats[]> {
  authorize(ctx, 'endpoint:read');
  return store.statsByVariant(ctx.workspaceId, { ...window, assignedBy: window.assignedBy ?? ANSWERED });
}
