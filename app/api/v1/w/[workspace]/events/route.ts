import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { eventShape, listEventsQuery } from '@/lib/scheduler';
import { listEvents } from '@/lib/scheduler/server';

export const GET = route({
  path: '/events',
  permission: 'event:read',
  summary: 'What happened, what it started and why it did not, newest first',
  query: listEventsQuery,
  response: listOf(eventShape),
  handle: ({ ctx, query }) => listEvents(ctx, query),
});
