import { memberShape } from '@/app/api/v1/shapes';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listMembers } from '@/lib/tenancy/server';

export const GET = route({
  path: '/members',
  permission: 'member:read',
  summary: 'Members of the workspace',
  response: listOf(memberShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listMembers(ctx), query, (each) => each.id),
});
