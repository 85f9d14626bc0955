import { distributionQuery, distributionSchema } from '@/lib/drift';
import { featureDistribution } from '@/lib/drift/server';
import { route } from '@/lib/http/route';
import { requireEndpoint } from '@/lib/serving/server';

export const GET = route({
  path: '/endpoints/{slug}/drift/{feature}',
  permission: 'endpoint:read',
  summary: "One window of a feature beside its reference: both distributions and what chance explains",
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  query: distributionQuery,
  response: distributionSchema,
  handle: ({ ctx, params, query }) => featureDistribution(ctx, params.slug!, params.feature!, query),
});
