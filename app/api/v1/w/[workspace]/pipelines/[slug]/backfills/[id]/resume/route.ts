import { route } from '@/lib/http/route';
import { backfillShape } from '@/lib/scheduler';
import { resumeBackfill, getBackfill } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/backfills/{id}/resume',
  permission: 'run:write',
  summary: 'Go on with a paused backfill',
  find: ({ ctx, params }) => getBackfill(ctx, params.slug!, params.id!),
  response: backfillShape,
  handle: ({ ctx, params }) => resumeBackfill(ctx, params.slug!, params.id!),
});
