import { z } from 'zod';
import { listOf, whole } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listArtifacts } from '@/lib/runs/server';

const artifactShape = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  bytes: z.number(),
  attempt: z.number().int(),
  createdAt: z.date(),
});

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}/output/artifacts',
  permission: 'run:read',
  summary: "Files that a task's attempts kept, oldest first",
  query: z.object({ mapIndex: z.coerce.number().int().optional() }),
  response: listOf(artifactShape),
  handle: async ({ ctx, params, query }) => whole(await listArtifacts(ctx, params.id!, params.taskId!, query.mapIndex)),
});
