import { route } from '@/lib/http/route';
import { approveBody, runSchema } from '@/lib/runs';
import { approveTask, findTask } from '@/lib/runs/server';

export const POST = route({
  path: '/runs/{id}/tasks/{taskId}/approve',
  permission: 'approval:decide',
  summary: 'Approve or reject what an approval task asks, with a reason',
  find: ({ ctx, params }) => findTask(ctx, params.id!, params.taskId!),
  body: approveBody,
  response: runSchema,
  status: 200,
  handle: ({ ctx, params, body }) => approveTask(ctx, params.id!, params.taskId!, body),
});
