import { route } from '@/lib/http/route';
import { decisionBody, rolloutShape } from '@/lib/rollout';
import { decideRollout, requireRollout } from '@/lib/rollout/server';

export const POST = route({
  path: '/rollouts/{id}/promote',
  permission: 'rollout:decide',
  summary: 'Make the candidate the stable version now',
  find: ({ ctx, params }) => requireRollout(ctx, params.id!),
  body: decisionBody,
  response: rolloutShape,
  status: 200,
  handle: ({ ctx, params, body }) => decideRollout(ctx, params.id!, 'promote', body),
});
