import { route } from '@/lib/http/route';
import { markBody, runSchema } from '@/lib/runs';
import { findTask, markTask } from '@/lib/runs/server';

export const POST = route({
  path: '/runs/{id}/tasks/{taskId}/mark',
  permission: 'run:write',
  summary: 'Mark a task succeeded, failed or skipped, with a reason',
  find: ({ ctx, params }) => findTask(ctx, params.id!, params.taskId!),
  body: markBody,
  response: runSchema,
  status: 200,
  handle: ({ ctx, params, body }) => markTask(ctx, params.id!, params.taskId!, body),
});
