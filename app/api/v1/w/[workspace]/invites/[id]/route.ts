import { route } from '@/lib/http/route';
import { withdrawInvite } from '@/lib/tenancy/server';

export const DELETE = route({
  path: '/invites/{id}',
  permission: 'member:write',
  summary: 'Withdraw an invitation',
  handle: ({ ctx, params }) => withdrawInvite(ctx, params.id ?? ''),
});
