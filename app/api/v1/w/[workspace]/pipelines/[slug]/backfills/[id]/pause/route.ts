import { route } from '@/lib/http/route';
import { backfillShape } from '@/lib/scheduler';
import { pauseBackfill, getBackfill } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/backfills/{id}/pause',
  permission: 'run:write',
  summary: 'Start no further runs of a backfill',
  find: ({ ctx, params }) => getBackfill(ctx, params.slug!, params.id!),
  response: backfillShape,
  handle: ({ ctx, params }) => pauseBackfill(ctx, params.slug!, params.id!),
});
