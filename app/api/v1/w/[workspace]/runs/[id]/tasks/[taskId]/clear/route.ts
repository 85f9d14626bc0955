import { route } from '@/lib/http/route';
import { clearBody, runSchema } from '@/lib/runs';
import { clearTask, findTask } from '@/lib/runs/server';

export const POST = route({
  path: '/runs/{id}/tasks/{taskId}/clear',
  permission: 'run:write',
  summary: 'Start a task over, with its upstream, downstream, past or future runs',
  find: ({ ctx, params }) => findTask(ctx, params.id!, params.taskId!),
  body: clearBody,
  response: runSchema,
  status: 200,
  handle: ({ ctx, params, body }) => clearTask(ctx, params.id!, params.taskId!, body),
});
