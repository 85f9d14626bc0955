import { z } from 'zod';
import { route } from '@/lib/http/route';
import { taskRunSchema } from '@/lib/runs';
import { findPart } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}',
  permission: 'run:read',
  summary: 'One task of a run, or one part of a mapped task',
  query: z.object({ mapIndex: z.coerce.number().int().optional() }),
  response: taskRunSchema,
  handle: ({ ctx, params, query }) => findPart(ctx, params.id!, params.taskId!, query.mapIndex),
});
