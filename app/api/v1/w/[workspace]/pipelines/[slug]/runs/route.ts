import { route } from '@/lib/http/route';
import { createRunBody, runSchema } from '@/lib/runs';
import { requireRunnable } from '@/lib/runs/server';
import { startRun } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/runs',
  permission: 'run:write',
  summary: 'Run a pipeline',
  find: ({ ctx, params }) => requireRunnable(ctx, params.slug!),
  body: createRunBody,
  status: 201,
  response: runSchema,
  idempotent: true,
  handle: ({ ctx, params, body, found }) => {
    const { logicalDate, ...rest } = body;
    return startRun(ctx, { pipelineSlug: params.slug!, ...rest, runnable: found, logicalDate: logicalDate ? new Date(logicalDate) : null });
  },
});
