import { z } from 'zod';
import { route } from '@/lib/http/route';
import { poolNameSchema, poolSchema, putPoolSchema } from '@/lib/dispatch';
import { deletePool, getPool, putPool } from '@/lib/dispatch/server';

export const GET = route({
  path: '/pools/{name}',
  permission: 'pool:read',
  summary: 'One pool',
  response: poolSchema,
  handle: ({ ctx, params }) => getPool(ctx, params.name!),
});

export const PUT = route({
  path: '/pools/{name}',
  permission: 'pool:write',
  summary: 'Make a pool, or change its slots',
  params: z.object({ name: poolNameSchema }),
  body: putPoolSchema,
  response: poolSchema,
  handle: ({ ctx, params, body }) => putPool(ctx, params.name, body),
});

export const DELETE = route({
  path: '/pools/{name}',
  permission: 'pool:write',
  summary: 'Remove a pool',
  find: ({ ctx, params }) => getPool(ctx, params.name!),
  handle: ({ ctx, found }) => deletePool(ctx, found.name),
});
