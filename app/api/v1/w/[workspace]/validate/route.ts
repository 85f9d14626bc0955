import { route } from '@/lib/http/route';
import { factSources } from '@/lib/lineage/server';
import { problemsShape, validateSchema } from '@/lib/pipeline';
import { validateNewSpec } from '@/lib/pipeline/server';

export const POST = route({
  path: '/validate',
  permission: 'pipeline:read',
  summary: 'What keeps the spec of a pipeline that does not exist yet from being published; nothing is stored',
  body: validateSchema,
  response: problemsShape,
  handle: async ({ ctx, body }) => ({ problems: await validateNewSpec(ctx, body.spec, factSources) }),
});
