import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listRunsQuery, runSummarySchema } from '@/lib/runs';
import { listRuns } from '@/lib/runs/server';

export const GET = route({
  path: '/runs',
  permission: 'run:read',
  summary: 'Runs, newest first',
  query: listRunsQuery,
  response: listOf(runSummarySchema),
  handle: ({ ctx, query }) => listRuns(ctx, query),
});
