import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { createModelSchema, modelListQuery, modelShape } from '@/lib/registry';
import { createModel, listModels } from '@/lib/registry/server';

export const GET = route({
  path: '/models',
  permission: 'model:read',
  summary: 'Registered models by name, with their aliases',
  query: modelListQuery,
  response: listOf(modelShape),
  handle: ({ ctx, query }) => listModels(ctx, query),
});

export const POST = route({
  path: '/models',
  permission: 'model:write',
  summary: 'Register a model; versions are uploaded to it',
  body: createModelSchema,
  status: 201,
  response: modelShape,
  idempotent: true,
  handle: ({ ctx, body }) => createModel(ctx, body),
});
