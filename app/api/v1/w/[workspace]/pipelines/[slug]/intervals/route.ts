import { z } from 'zod';
import { route } from '@/lib/http/route';
import { requirePipelineId } from '@/lib/pipeline/server';
import { intervalRunShape, rangeQuery } from '@/lib/scheduler';
import { backfillIntervals } from '@/lib/scheduler/server';

export const GET = route({
  path: '/pipelines/{slug}/intervals',
  permission: 'run:read',
  summary: 'List the intervals of a pipeline with their newest runs',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  query: rangeQuery,
  response: z.object({ items: z.array(intervalRunShape) }),
  handle: ({ ctx, params, query }) => backfillIntervals(ctx, params.slug!, query),
});
