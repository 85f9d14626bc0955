import { route } from '@/lib/http/route';
import { raiseBody, runSchema } from '@/lib/runs';
import { getRun, getRunState, raiseRun } from '@/lib/runs/server';

export const POST = route({
  path: '/runs/{id}/raise',
  permission: 'run:write',
  summary: 'Move a run to another lane, or ahead of others in its lane',
  find: ({ ctx, params }) => getRunState(ctx, params.id!),
  body: raiseBody,
  status: 200,
  response: runSchema,
  handle: async ({ ctx, params, body }) => {
    await raiseRun(ctx, params.id!, body);
    return getRun(ctx, params.id!);
  },
});
