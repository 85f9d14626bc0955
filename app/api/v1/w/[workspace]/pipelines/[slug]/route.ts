import { route } from '@/lib/http/route';
import { pipelineShape, updatePipelineSchema } from '@/lib/pipeline';
import { deletePipeline, getPipeline, requirePipelineId, updatePipeline } from '@/lib/pipeline/server';

export const GET = route({
  path: '/pipelines/{slug}',
  permission: 'pipeline:read',
  summary: 'A pipeline with its draft and last runs',
  response: pipelineShape,
  handle: ({ ctx, params }) => getPipeline(ctx, params.slug!),
});

export const PATCH = route({
  path: '/pipelines/{slug}',
  permission: 'pipeline:write',
  summary: 'Rename, tag, hand over, pause or archive a pipeline',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: updatePipelineSchema,
  response: pipelineShape,
  handle: ({ ctx, params, body }) => updatePipeline(ctx, params.slug!, body),
});

export const DELETE = route({
  path: '/pipelines/{slug}',
  permission: 'pipeline:delete',
  summary: 'Delete an archived pipeline',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  status: 204,
  handle: ({ ctx, params }) => deletePipeline(ctx, params.slug!),
});
