import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listRolloutsQuery, rolloutSummaryShape } from '@/lib/rollout';
import { listRollouts } from '@/lib/rollout/server';

export const GET = route({
  path: '/rollouts',
  permission: 'rollout:read',
  summary: 'Rollouts, newest first',
  query: listRolloutsQuery,
  response: listOf(rolloutSummaryShape),
  handle: ({ ctx, query }) => listRollouts(ctx, query),
});
