import { connectionTested } from '@/app/api/v1/shapes';
import { route } from '@/lib/http/route';
import { getConnection, testConnection } from '@/lib/tenancy/server';

export const POST = route({
  path: '/connections/{name}/test',
  permission: 'connection:write',
  summary: 'Try a stored connection',
  response: connectionTested,
  find: ({ ctx, params }) => getConnection(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => testConnection(ctx, found.name),
});
