import { tokenCreated, tokenShape } from '@/app/api/v1/shapes';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { newTokenSchema } from '@/lib/tenancy';
import { createToken, listTokens } from '@/lib/tenancy/server';

export const GET = route({
  path: '/tokens',
  permission: 'token:read',
  summary: 'API tokens of the workspace',
  response: listOf(tokenShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listTokens(ctx), query, (each) => each.id),
});

export const POST = route({
  path: '/tokens',
  permission: 'token:write',
  summary: 'Create an API token',
  description: 'A token belongs to this workspace and has one role. Its text is in this answer only.',
  body: newTokenSchema,
  status: 201,
  response: tokenCreated,
  idempotent: true,
  handle: ({ ctx, body }) => createToken(ctx, body),
});
