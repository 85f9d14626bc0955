import { z } from 'zod';
import { route } from '@/lib/http/route';
import { getChannelView, testChannel } from '@/lib/tenancy/server';

export const POST = route({
  path: '/channels/{name}/test',
  permission: 'channel:write',
  summary: 'Send a trial message by a channel',
  status: 202,
  response: z.object({ messageId: z.uuid() }),
  find: ({ ctx, params }) => getChannelView(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => testChannel(ctx, found.name),
});
