import { route } from '@/lib/http/route';
import { statsQuery, statsShape } from '@/lib/serving';
import { endpointStats, requireEndpoint } from '@/lib/serving/server';

export const GET = route({
  path: '/endpoints/{slug}/stats',
  permission: 'endpoint:read',
  summary: 'Predictions, errors and latency of each variant over a window (the last hour)',
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  query: statsQuery,
  response: statsShape,
  handle: ({ ctx, params, query }) => endpointStats(ctx, params.slug!, query),
});
