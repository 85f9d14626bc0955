import { variableShape } from '@/app/api/v1/shapes';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listVariables } from '@/lib/tenancy/server';

export const GET = route({
  path: '/variables',
  permission: 'variable:read',
  summary: 'Variables of the workspace',
  response: listOf(variableShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listVariables(ctx), query, (each) => each.name),
});
