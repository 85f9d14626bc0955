import { route } from '@/lib/http/route';
import { decisionBody, rolloutShape } from '@/lib/rollout';
import { decideRollout, requireRollout } from '@/lib/rollout/server';

export const POST = route({
  path: '/rollouts/{id}/resume',
  permission: 'rollout:decide',
  summary: 'Go on after a hold, or end a pause',
  find: ({ ctx, params }) => requireRollout(ctx, params.id!),
  body: decisionBody,
  response: rolloutShape,
  status: 200,
  handle: ({ ctx, params, body }) => decideRollout(ctx, params.id!, 'resume', body),
});
