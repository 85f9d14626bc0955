import { route } from '@/lib/http/route';
import { backfillShape } from '@/lib/scheduler';
import { resumeFailed, getBackfill } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/backfills/{id}/resume-failed',
  permission: 'run:write',
  summary: 'Run again what failed in a backfill',
  find: ({ ctx, params }) => getBackfill(ctx, params.slug!, params.id!),
  response: backfillShape,
  handle: ({ ctx, params }) => resumeFailed(ctx, params.slug!, params.id!),
});
