import { route } from '@/lib/http/route';
import { backfillShape } from '@/lib/scheduler';
import { cancelBackfill, getBackfill } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/backfills/{id}/cancel',
  permission: 'run:write',
  summary: 'Cancel a backfill and stop its runs',
  find: ({ ctx, params }) => getBackfill(ctx, params.slug!, params.id!),
  response: backfillShape,
  handle: ({ ctx, params }) => cancelBackfill(ctx, params.slug!, params.id!),
});
