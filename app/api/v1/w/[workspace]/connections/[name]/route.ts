import { connectionShape } from '@/app/api/v1/shapes';
import { named, route } from '@/lib/http/route';
import { putConnectionSchema } from '@/lib/tenancy';
import { deleteConnection, getConnection, putConnection } from '@/lib/tenancy/server';

export const GET = route({
  path: '/connections/{name}',
  permission: 'connection:read',
  summary: 'One connection',
  response: connectionShape,
  handle: ({ ctx, params }) => getConnection(ctx, params.name ?? ''),
});

export const PUT = route({
  path: '/connections/{name}',
  permission: 'connection:write',
  summary: 'Store or replace a connection',
  body: putConnectionSchema,
  response: connectionShape,
  handle: ({ ctx, params, body }) => putConnection(ctx, named(params), body),
});

export const DELETE = route({
  path: '/connections/{name}',
  permission: 'connection:write',
  summary: 'Remove a connection',
  find: ({ ctx, params }) => getConnection(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => deleteConnection(ctx, found.name),
});
