import { route } from '@/lib/http/route';
import { findInvite, withdrawInvite } from '@/lib/tenancy/server';

export const DELETE = route({
  path: '/invites/{id}',
  permission: 'member:write',
  summary: 'Withdraw an invitation',
  find: ({ ctx, params }) => findInvite(ctx, params.id ?? ''),
  handle: ({ ctx, found }) => withdrawInvite(ctx, found.id),
});
