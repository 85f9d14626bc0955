import { connectionShape } from '@/app/api/v1/shapes';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listConnections } from '@/lib/tenancy/server';

export const GET = route({
  path: '/connections',
  permission: 'connection:read',
  summary: 'Connections of the workspace',
  response: listOf(connectionShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listConnections(ctx), query, (each) => each.name),
});
