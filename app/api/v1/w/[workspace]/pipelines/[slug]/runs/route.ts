import { route } from '@/lib/http/route';
import { requirePipelineId } from '@/lib/pipeline/server';
import { createRunBody, runSchema } from '@/lib/runs';
import { getRun } from '@/lib/runs/server';
import { startRun } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/runs',
  permission: 'run:write',
  summary: 'Run a pipeline',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: createRunBody,
  status: 201,
  response: runSchema,
  idempotent: true,
  handle: async ({ ctx, params, body }) => {
    const { logicalDate, ...rest } = body;
    const run = await startRun(ctx, { pipelineSlug: params.slug!, ...rest, logicalDate: logicalDate ? new Date(logicalDate) : null });
    return getRun(ctx, run.id);
  },
});
