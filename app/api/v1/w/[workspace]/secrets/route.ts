import { secretShape } from '@/app/api/v1/shapes';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listSecrets } from '@/lib/tenancy/server';

export const GET = route({
  path: '/secrets',
  permission: 'secret:read',
  summary: 'Names of the secrets',
  response: listOf(secretShape),
  query: pageQuery,
  handle: async ({ ctx, query }) => pageOf(await listSecrets(ctx), query, (each) => each.name),
});
