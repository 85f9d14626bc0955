import { route } from '@/lib/http/route';
import { deleteEndpointSchema, endpointShape } from '@/lib/serving';
import { deleteEndpoint, getEndpoint, requireEndpoint } from '@/lib/serving/server';

export const GET = route({
  path: '/endpoints/{slug}',
  permission: 'endpoint:read',
  summary: 'One endpoint: its state, and the variants with weight and replicas',
  response: endpointShape,
  handle: ({ ctx, params }) => getEndpoint(ctx, params.slug!),
});

export const DELETE = route({
  path: '/endpoints/{slug}',
  permission: 'endpoint:write',
  summary: 'End an endpoint; confirm with its slug',
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  query: deleteEndpointSchema,
  handle: ({ ctx, params, query }) => deleteEndpoint(ctx, params.slug!, query.confirm),
});
