import { inviteCreated, inviteShape } from '@/app/api/v1/shapes';
import { publicOrigin } from '@/lib/http/origin';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { newInviteSchema } from '@/lib/tenancy';
import { invite, listInvites } from '@/lib/tenancy/server';

export const GET = route({
  path: '/invites',
  permission: 'member:write',
  summary: 'Open invitations',
  response: listOf(inviteShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listInvites(ctx), query, (each) => each.id),
});

export const POST = route({
  path: '/invites',
  permission: 'member:write',
  summary: 'Invite somebody by link',
  description: 'The link is in this answer only; it is mailed too when mail is set up.',
  body: newInviteSchema,
  status: 201,
  response: inviteCreated,
  idempotent: true,
  handle: ({ ctx, body, request }) => invite(ctx, body, publicOrigin(request.headers)),
});
