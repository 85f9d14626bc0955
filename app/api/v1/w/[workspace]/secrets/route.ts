import { secretShape } from '@/app/api/v1/shapes';
import { listOf, whole } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { listSecrets } from '@/lib/tenancy/server';

export const GET = route({
  path: '/secrets',
  permission: 'secret:read',
  summary: 'Names of the secrets',
  response: listOf(secretShape),
  handle: async ({ ctx }) => whole(await listSecrets(ctx)),
});
