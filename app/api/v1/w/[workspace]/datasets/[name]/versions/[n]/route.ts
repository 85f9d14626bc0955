import { route } from '@/lib/http/route';
import { versionShape } from '@/lib/datasets';
import { getVersion } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets/{name}/versions/{n}',
  permission: 'dataset:read',
  summary: 'One version of a dataset',
  response: versionShape,
  handle: ({ ctx, params }) => getVersion(ctx, params.name!, Number(params.n)),
});
