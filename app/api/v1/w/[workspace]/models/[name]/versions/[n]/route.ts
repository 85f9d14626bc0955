import { route } from '@/lib/http/route';
import { modelVersionShape } from '@/lib/registry';
import { getVersion } from '@/lib/registry/server';

export const GET = route({
  path: '/models/{name}/versions/{n}',
  permission: 'model:read',
  summary: 'One version of a model',
  response: modelVersionShape,
  handle: ({ ctx, params }) => getVersion(ctx, params.name!, Number(params.n)),
});
