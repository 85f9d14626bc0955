import { channelShape } from '@/app/api/v1/shapes';
import { listOf, whole } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listChannels } from '@/lib/tenancy/server';

export const GET = route({
  path: '/channels',
  permission: 'channel:read',
  summary: 'Channels of the workspace',
  response: listOf(channelShape),
  handle: async ({ ctx }) => whole(await listChannels(ctx)),
});
