import { route } from '@/lib/http/route';
import { runSchema } from '@/lib/runs';
import { getRun } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}',
  permission: 'run:read',
  summary: 'One run with its tasks',
  response: runSchema,
  handle: ({ ctx, params }) => getRun(ctx, params.id!),
});
