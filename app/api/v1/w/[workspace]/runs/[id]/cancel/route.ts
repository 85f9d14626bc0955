import { route } from '@/lib/http/route';
import { runSchema } from '@/lib/runs';
import { cancelRun, getRunState } from '@/lib/runs/server';

export const POST = route({
  path: '/runs/{id}/cancel',
  permission: 'run:write',
  summary: 'Stop a run',
  find: ({ ctx, params }) => getRunState(ctx, params.id!),
  response: runSchema,
  status: 200,
  handle: ({ ctx, params }) => cancelRun(ctx, params.id!),
});
