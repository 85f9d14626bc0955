import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { inferencesQuery, inferenceShape } from '@/lib/inference';
import { endpointInferences } from '@/lib/serving/server';

export const GET = route({
  path: '/inferences',
  permission: 'endpoint:read',
  summary: 'Predictions, newest first, of an endpoint, or one by its id',
  query: inferencesQuery,
  response: listOf(inferenceShape),
  handle: ({ ctx, query }) => endpointInferences(ctx, query),
});
