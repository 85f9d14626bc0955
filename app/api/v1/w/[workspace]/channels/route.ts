import { channelShape } from '@/app/api/v1/shapes';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listChannels } from '@/lib/tenancy/server';

export const GET = route({
  path: '/channels',
  permission: 'channel:read',
  summary: 'Channels of the workspace',
  response: listOf(channelShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listChannels(ctx), query, (each) => each.name),
});
