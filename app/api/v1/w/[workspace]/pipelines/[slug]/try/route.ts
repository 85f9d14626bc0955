import { route } from '@/lib/http/route';
import { requirePipelineId } from '@/lib/pipeline/server';
import { runSchema, tryBody } from '@/lib/runs';
import { createTry, getRun } from '@/lib/runs/server';

export const POST = route({
  path: '/pipelines/{slug}/try',
  permission: 'run:write',
  summary: 'Try one task of a draft on a sample; nothing is published or written to datasets',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: tryBody,
  status: 201,
  response: runSchema,
  handle: async ({ ctx, params, body }) => {
    const run = await createTry(ctx, { pipelineSlug: params.slug!, ...body });
    return getRun(ctx, run.id);
  },
});
