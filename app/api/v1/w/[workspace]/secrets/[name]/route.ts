import { secretShape } from '@/app/api/v1/shapes';
import { named, route } from '@/lib/http/route';
import { putSecretSchema } from '@/lib/tenancy';
import { deleteSecret, findSecret, putSecret } from '@/lib/tenancy/server';

export const PUT = route({
  path: '/secrets/{name}',
  permission: 'secret:write',
  summary: 'Store or replace a secret',
  description: 'Encrypted at rest; the value is never given back.',
  body: putSecretSchema,
  response: secretShape,
  handle: ({ ctx, params, body }) => putSecret(ctx, named(params), body),
});

export const DELETE = route({
  path: '/secrets/{name}',
  permission: 'secret:write',
  summary: 'Remove a secret',
  find: ({ ctx, params }) => findSecret(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => deleteSecret(ctx, found.name),
});
