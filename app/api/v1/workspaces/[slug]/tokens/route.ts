import { tokenCreated } from '@/app/api/v1/shapes';
import { organizationRoute } from '@/lib/http/route';
import { newTokenSchema } from '@/lib/tenancy';
import { authorize, createToken, enterWorkspace } from '@/lib/tenancy/server';

export const POST = organizationRoute({
  path: '/workspaces/{slug}/tokens',
  summary: 'Create the first token of a workspace',
  description: 'Like POST /tokens of the workspace, for callers that have no token of it yet.',
  body: newTokenSchema,
  status: 201,
  response: tokenCreated,
  idempotent: true,
  enter: async ({ who, params }) => {
    const ctx = await enterWorkspace(who, params.slug ?? '');
    authorize(ctx, 'token:write');
    return ctx;
  },
  handle: ({ entered, body }) => createToken(entered, body),
});
