import { memberShape } from '@/app/api/v1/shapes';
import { route } from '@/lib/http/route';
import { memberPatchSchema } from '@/lib/tenancy';
import { changeRole, getMember, removeMember } from '@/lib/tenancy/server';

export const GET = route({
  path: '/members/{id}',
  permission: 'member:read',
  summary: 'One member',
  response: memberShape,
  handle: ({ ctx, params }) => getMember(ctx, params.id ?? ''),
});

export const PATCH = route({
  path: '/members/{id}',
  permission: 'member:write',
  summary: "Change a member's role",
  description: 'The last admin keeps the role (409).',
  body: memberPatchSchema,
  response: memberShape,
  find: ({ ctx, params }) => getMember(ctx, params.id ?? ''),
  handle: ({ ctx, found, body }) => changeRole(ctx, found.id, body.role),
});

export const DELETE = route({
  path: '/members/{id}',
  permission: 'member:write',
  summary: 'Take a member out of the workspace',
  description: 'The last admin cannot be removed (409).',
  find: ({ ctx, params }) => getMember(ctx, params.id ?? ''),
  handle: ({ ctx, found }) => removeMember(ctx, found.id),
});
