import { route } from '@/lib/http/route';
import { rerunBody, runSchema } from '@/lib/runs';
import { getRunState, rerunRun } from '@/lib/runs/server';

export const POST = route({
  path: '/runs/{id}/rerun',
  permission: 'run:write',
  summary: 'Run a run again: from the start, its failed part, or chosen tasks; another version makes a child run',
  find: ({ ctx, params }) => getRunState(ctx, params.id!),
  body: rerunBody,
  response: runSchema,
  status: 200,
  handle: ({ ctx, params, body }) => rerunRun(ctx, params.id!, body),
});
