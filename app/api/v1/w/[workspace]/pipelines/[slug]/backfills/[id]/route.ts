import { route } from '@/lib/http/route';
import { backfillShape } from '@/lib/scheduler';
import { getBackfill } from '@/lib/scheduler/server';

export const GET = route({
  path: '/pipelines/{slug}/backfills/{id}',
  permission: 'run:read',
  summary: 'Get a backfill',
  response: backfillShape,
  handle: ({ ctx, params }) => getBackfill(ctx, params.slug!, params.id!),
});
