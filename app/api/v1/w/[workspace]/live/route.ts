import { z } from 'zod';
import { eventStream } from '@/lib/http/event-stream';
import { route } from '@/lib/http/route';

export const GET = route({
  path: '/live',
  permission: 'workspace:read',
  summary: 'Hints of what changed in the workspace (server-sent events)',
  query: z.object({ ago: z.coerce.number().min(0).optional().describe('Milliseconds since the page began to be drawn: what changed since then is sent first.') }),
  produces: ['text/event-stream'],
  handle: ({ ctx, request }) =>
    Promise.resolve(
      // a hint carries ids only, and no names of another workspace; a run's id alone tells nothing
      eventStream(request, (n) => (n.topic === 'work' || (n.workspaceId !== undefined && n.workspaceId !== ctx.workspaceId) ? null : { topic: n.topic, id: n.id })),
    ),
});
