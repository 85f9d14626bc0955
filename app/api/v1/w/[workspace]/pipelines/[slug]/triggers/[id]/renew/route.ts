import { z } from 'zod';
import { route } from '@/lib/http/route';
import { eventTriggerShape } from '@/lib/scheduler';
import { findWebhook, renewHook } from '@/lib/scheduler/server';

export const POST = route({
  path: '/pipelines/{slug}/triggers/{id}/renew',
  permission: 'pipeline:write',
  summary: 'Give a webhook another address and signing secret; the one before is unknown from then on',
  params: z.object({ slug: z.string(), id: z.string() }),
  response: eventTriggerShape,
  find: ({ ctx, params }) => findWebhook(ctx, params.slug, params.id),
  handle: ({ ctx, params }) => renewHook(ctx, params.slug, params.id),
});
