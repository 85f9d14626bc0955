import { route } from '@/lib/http/route';
import { rolloutShape } from '@/lib/rollout';
import { getRollout } from '@/lib/rollout/server';

export const GET = route({
  path: '/rollouts/{id}',
  permission: 'rollout:read',
  summary: 'One rollout with its evidence and its ledger',
  response: rolloutShape,
  handle: ({ ctx, params }) => getRollout(ctx, params.id!),
});
