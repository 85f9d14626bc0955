import { route } from '@/lib/http/route';
import { datasetShape } from '@/lib/datasets';
import { getDataset } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets/{name}',
  permission: 'dataset:read',
  summary: 'A dataset: schema, statistics, checks, readers and writers',
  response: datasetShape,
  handle: ({ ctx, params }) => getDataset(ctx, params.name!),
});
