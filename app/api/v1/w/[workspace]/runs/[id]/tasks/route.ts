import { z } from 'zod';
import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { taskRunSchema } from '@/lib/runs';
import { listTasks } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/tasks',
  permission: 'run:read',
  summary: 'Tasks of a run, page by page',
  query: z.object({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(1000).default(1000) }),
  response: listOf(taskRunSchema),
  handle: ({ ctx, params, query }) => listTasks(ctx, params.id!, query.cursor, query.limit),
});
