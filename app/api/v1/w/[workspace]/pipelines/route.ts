import { route } from '@/lib/http/route';
import {
  createdPipelineShape,
  createPipelineSchema,
  listPipelinesSchema,
  pipelineListShape,
} from '@/lib/pipeline';
import { createPipeline, listPipelinesWithDrafts } from '@/lib/pipeline/server';

export const GET = route({
  path: '/pipelines',
  permission: 'pipeline:read',
  summary: 'List pipelines with their drafts and last runs',
  query: listPipelinesSchema,
  response: pipelineListShape,
  handle: ({ ctx, query }) => listPipelinesWithDrafts(ctx, query),
});

export const POST = route({
  path: '/pipelines',
  permission: 'pipeline:write',
  summary: 'Create a pipeline',
  body: createPipelineSchema,
  status: 201,
  response: createdPipelineShape,
  idempotent: true,
  handle: ({ ctx, body }) => createPipeline(ctx, body),
});
