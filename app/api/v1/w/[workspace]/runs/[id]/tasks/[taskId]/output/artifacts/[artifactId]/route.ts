import { download } from '@/app/api/v1/download';
import { route } from '@/lib/http/route';
import { openArtifact } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}/output/artifacts/{artifactId}',
  permission: 'run:read',
  summary: "The bytes of a task's artifact",
  produces: ['application/octet-stream'],
  handle: async ({ ctx, params }) => {
    const artifact = await openArtifact(ctx, params.id!, params.taskId!, params.artifactId!);
    return download(artifact, artifact.name);
  },
});
