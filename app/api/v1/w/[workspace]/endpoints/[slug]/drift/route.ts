import { driftQuery, driftReportSchema } from '@/lib/drift';
import { driftReport } from '@/lib/drift/server';
import { route } from '@/lib/http/route';
import { requireEndpoint } from '@/lib/serving/server';

export const GET = route({
  path: '/endpoints/{slug}/drift',
  permission: 'endpoint:read',
  summary: "Drift of an endpoint's features and prediction against the training data, by window",
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  query: driftQuery,
  response: driftReportSchema,
  handle: ({ ctx, params, query }) => driftReport(ctx, params.slug!, query),
});
