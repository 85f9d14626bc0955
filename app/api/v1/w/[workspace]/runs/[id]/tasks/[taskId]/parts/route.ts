import { route } from '@/lib/http/route';
import { mapGridSchema } from '@/lib/runs';
import { mapGrid } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}/parts',
  permission: 'run:read',
  summary: 'The parts of a mapped task, each with its state',
  response: mapGridSchema,
  handle: ({ ctx, params }) => mapGrid(ctx, params.id!, params.taskId!),
});
