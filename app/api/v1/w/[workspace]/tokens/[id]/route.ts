import { route } from '@/lib/http/route';
import { findToken, revokeToken } from '@/lib/tenancy/server';

export const DELETE = route({
  path: '/tokens/{id}',
  permission: 'token:write',
  summary: 'Revoke an API token',
  find: ({ ctx, params }) => findToken(ctx, params.id ?? ''),
  handle: ({ ctx, found }) => revokeToken(ctx, found.id),
});
