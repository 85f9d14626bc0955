import { route } from '@/lib/http/route';
import { factSources } from '@/lib/lineage/server';
import { publishedShape, publishSchema } from '@/lib/pipeline';
import { publish, requirePipelineId } from '@/lib/pipeline/server';

export const POST = route({
  path: '/pipelines/{slug}/publish',
  permission: 'pipeline:publish',
  summary: 'Publish the draft, or a given spec, as the next version',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: publishSchema,
  response: publishedShape,
  idempotent: true,
  handle: ({ ctx, params, body }) => publish(ctx, params.slug!, body, factSources),
});
