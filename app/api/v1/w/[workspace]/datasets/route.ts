import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { datasetSummaryShape, listQuery } from '@/lib/datasets';
import { listDatasets } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets',
  permission: 'dataset:read',
  summary: 'Datasets by name, with what writes and reads them',
  query: listQuery,
  response: listOf(datasetSummaryShape),
  handle: ({ ctx, query }) => listDatasets(ctx, query),
});
