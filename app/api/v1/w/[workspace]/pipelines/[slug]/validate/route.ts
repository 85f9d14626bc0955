import { route } from '@/lib/http/route';
import { factSources } from '@/lib/lineage/server';
import { problemsShape, validateSchema } from '@/lib/pipeline';
import { requirePipelineId, validateSpec } from '@/lib/pipeline/server';

export const POST = route({
  path: '/pipelines/{slug}/validate',
  permission: 'pipeline:read',
  summary: 'What keeps a spec from being published; nothing is stored',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: validateSchema,
  response: problemsShape,
  handle: async ({ ctx, params, body }) => ({
    problems: await validateSpec(ctx, params.slug!, body.spec, factSources),
  }),
});
