import { connectionShape } from '@/app/api/v1/shapes';
import { listOf, whole } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listConnections } from '@/lib/tenancy/server';

export const GET = route({
  path: '/connections',
  permission: 'connection:read',
  summary: 'Connections of the workspace',
  response: listOf(connectionShape),
  handle: async ({ ctx }) => whole(await listConnections(ctx)),
});
