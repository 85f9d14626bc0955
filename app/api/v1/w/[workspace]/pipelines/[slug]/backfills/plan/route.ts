import { route } from '@/lib/http/route';
import { requirePipelineId } from '@/lib/pipeline/server';
import { planBody, planShape } from '@/lib/scheduler';
import { planBackfill } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/backfills/plan',
  permission: 'run:write',
  summary: 'Say what a backfill would do',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: planBody,
  status: 200,
  response: planShape,
  handle: ({ ctx, params, body }) => planBackfill(ctx, params.slug!, body),
});
