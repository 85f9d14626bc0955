import { z } from 'zod';
import { route } from '@/lib/http/route';
import { requirePipelineId } from '@/lib/pipeline/server';
import { backfillRowShape, backfillShape, listBackfillsQuery, startBody } from '@/lib/scheduler';
import { listBackfills, startBackfill } from '@/lib/scheduler/server';

export const GET = route({
  path: '/pipelines/{slug}/backfills',
  permission: 'run:read',
  summary: 'List the backfills of a pipeline',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  query: listBackfillsQuery.omit({ pipeline: true }),
  response: z.object({ items: z.array(backfillRowShape), nextCursor: z.string().nullable() }),
  handle: ({ ctx, params, query }) => listBackfills(ctx, { ...query, pipeline: params.slug! }),
});

export const POST = route({
  path: '/pipelines/{slug}/backfills',
  permission: 'run:write',
  summary: 'Start a planned backfill',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: startBody,
  status: 201,
  response: backfillShape,
  idempotent: true,
  handle: ({ ctx, params, body }) => startBackfill(ctx, params.slug!, body.token),
});
