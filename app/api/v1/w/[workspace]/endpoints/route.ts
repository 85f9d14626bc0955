import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { createEndpointSchema, endpointListQuery, endpointShape } from '@/lib/serving';
import { createEndpoint, listEndpoints } from '@/lib/serving/server';

export const GET = route({
  path: '/endpoints',
  permission: 'endpoint:read',
  summary: 'Endpoints by slug, with what answers behind them',
  query: endpointListQuery,
  response: listOf(endpointShape),
  handle: ({ ctx, query }) => listEndpoints(ctx, query),
});

export const POST = route({
  path: '/endpoints',
  permission: 'endpoint:write',
  summary: 'Serve a version of a model under a stable address',
  body: createEndpointSchema,
  status: 201,
  response: endpointShape,
  idempotent: true,
  handle: ({ ctx, body }) => createEndpoint(ctx, body),
});
