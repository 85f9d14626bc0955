import { channelShape } from '@/app/api/v1/shapes';
import { named, route } from '@/lib/http/route';
import { putChannelSchema } from '@/lib/tenancy';
import { deleteChannel, getChannelView, putChannel } from '@/lib/tenancy/server';

export const GET = route({
  path: '/channels/{name}',
  permission: 'channel:read',
  summary: 'One channel',
  response: channelShape,
  handle: ({ ctx, params }) => getChannelView(ctx, params.name ?? ''),
});

export const PUT = route({
  path: '/channels/{name}',
  permission: 'channel:write',
  summary: 'Store or replace a channel',
  body: putChannelSchema,
  response: channelShape,
  handle: ({ ctx, params, body }) => putChannel(ctx, named(params), body),
});

export const DELETE = route({
  path: '/channels/{name}',
  permission: 'channel:write',
  summary: 'Remove a channel',
  find: ({ ctx, params }) => getChannelView(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => deleteChannel(ctx, found.name),
});
