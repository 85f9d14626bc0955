import { eventStream } from '@/lib/http/event-stream';
import { route } from '@/lib/http/route';
import { getRunState } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/events',
  permission: 'run:read',
  summary: 'Live changes of a run (server-sent events); read the run again at each',
  produces: ['text/event-stream'],
  handle: async ({ ctx, params, request }) => {
    const id = params.id!;
    await getRunState(ctx, id);
    return eventStream(request, (n) => ((n.topic === 'run' || n.topic === 'log') && n.id?.startsWith(id) ? n : null));
  },
});
