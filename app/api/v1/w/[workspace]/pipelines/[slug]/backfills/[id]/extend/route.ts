import { route } from '@/lib/http/route';
import { backfillShape, extendBody } from '@/lib/scheduler';
import { extendBackfill, getBackfill } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/backfills/{id}/extend',
  permission: 'run:write',
  summary: 'Add intervals to a backfill',
  find: ({ ctx, params }) => getBackfill(ctx, params.slug!, params.id!),
  body: extendBody,
  status: 200,
  response: backfillShape,
  handle: ({ ctx, params, body }) => extendBackfill(ctx, params.slug!, params.id!, body),
});
