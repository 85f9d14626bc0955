import { route } from '@/lib/http/route';
import { modelVersionShape, putTagSchema } from '@/lib/registry';
import { getVersion, putTag } from '@/lib/registry/server';

export const PUT = route({
  path: '/models/{name}/versions/{n}/tags/{key}',
  permission: 'model:write',
  summary: 'Tag a version; many may carry a tag, the newest of them is meant',
  find: ({ ctx, params }) => getVersion(ctx, params.name!, Number(params.n)),
  body: putTagSchema,
  response: modelVersionShape,
  handle: ({ ctx, params, body }) => putTag(ctx, params.name!, Number(params.n), params.key!, body.value),
});
