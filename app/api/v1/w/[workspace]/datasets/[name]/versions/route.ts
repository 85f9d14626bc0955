import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listQuery, versionShape } from '@/lib/datasets';
import { listVersions } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets/{name}/versions',
  permission: 'dataset:read',
  summary: 'Versions of a dataset, newest first',
  query: listQuery,
  response: listOf(versionShape),
  handle: ({ ctx, params, query }) => listVersions(ctx, params.name!, query),
});
