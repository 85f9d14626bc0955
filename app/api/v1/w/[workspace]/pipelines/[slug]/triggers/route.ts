import { z } from 'zod';
import { listOf, whole } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { requirePipelineId } from '@/lib/pipeline/server';
import { eventTriggerShape } from '@/lib/scheduler';
import { listEventTriggers } from '@/lib/scheduler/server';

export const GET = route({
  path: '/pipelines/{slug}/triggers',
  permission: 'pipeline:read',
  summary: 'What a pipeline waits for besides time, with the addresses of its webhooks',
  params: z.object({ slug: z.string() }),
  response: listOf(eventTriggerShape),
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug),
  handle: async ({ ctx, params }) => whole((await listEventTriggers(ctx, params.slug)).items),
});
