import { route } from '@/lib/http/route';
import { newRolloutSchema, rolloutShape } from '@/lib/rollout';
import { startRollout } from '@/lib/rollout/server';
import { requireEndpoint } from '@/lib/serving/server';

export const POST = route({
  path: '/endpoints/{slug}/rollouts',
  permission: 'rollout:write',
  summary: 'Start a rollout: open the endpoint to another version step by step',
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  body: newRolloutSchema,
  response: rolloutShape,
  status: 201,
  idempotent: true,
  handle: ({ ctx, params, body }) => startRollout(ctx, params.slug!, body),
});
