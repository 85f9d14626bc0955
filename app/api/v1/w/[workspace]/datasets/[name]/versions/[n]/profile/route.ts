import { route } from '@/lib/http/route';
import { profileShape } from '@/lib/datasets';
import { profileVersion } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets/{name}/versions/{n}/profile',
  permission: 'dataset:read',
  summary: 'Statistics per column of a version',
  response: profileShape,
  handle: ({ ctx, params }) => profileVersion(ctx, params.name!, Number(params.n)),
});
