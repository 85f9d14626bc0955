import { route } from '@/lib/http/route';
import { aliasMoveShape, putAliasSchema } from '@/lib/registry';
import { requireModel } from '@/lib/registry/server';
import { requestAlias } from '@/lib/serving/server';

export const PUT = route({
  path: '/models/{name}/aliases/{alias}',
  permission: 'model:write',
  summary: 'Point an alias at a version, with the reason',
  description: 'When endpoints follow the alias, the move is a request: it is done when replicas of the new version are ready, and `pending` names the endpoints until then.',
  find: ({ ctx, params }) => requireModel(ctx, params.name!),
  body: putAliasSchema,
  response: aliasMoveShape,
  handle: ({ ctx, params, body }) => requestAlias(ctx, params.name!, params.alias!, body),
});
