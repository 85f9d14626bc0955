import { z } from 'zod';
import { route } from '@/lib/http/route';
import { attemptSchema } from '@/lib/runs';
import { listAttempts } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}/attempts',
  permission: 'run:read',
  summary: "A task's attempts, oldest first",
  query: z.object({ mapIndex: z.coerce.number().int().optional() }),
  response: z.object({ items: z.array(attemptSchema), nextCursor: z.null() }),
  handle: async ({ ctx, params, query }) => ({ ...(await listAttempts(ctx, params.id!, params.taskId!, query.mapIndex)), nextCursor: null }),
});
