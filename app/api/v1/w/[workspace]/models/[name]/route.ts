import { route } from '@/lib/http/route';
import { modelShape } from '@/lib/registry';
import { getModel } from '@/lib/registry/server';

export const GET = route({
  path: '/models/{name}',
  permission: 'model:read',
  summary: 'One model with its aliases',
  response: modelShape,
  handle: ({ ctx, params }) => getModel(ctx, params.name!),
});
