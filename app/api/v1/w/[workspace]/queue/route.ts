import { route } from '@/lib/http/route';
import { queueSchema } from '@/lib/dispatch';
import { getQueue } from '@/lib/dispatch/server';

export const GET = route({
  path: '/queue',
  permission: 'pool:read',
  summary: 'Who holds slots and who waits, by lane, workspace and pool',
  response: queueSchema,
  handle: ({ ctx }) => getQueue(ctx),
});
