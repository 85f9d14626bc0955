import { route } from '@/lib/http/route';
import { releaseInput, versionShape } from '@/lib/datasets';
import { getVersion, releaseVersion } from '@/lib/datasets/server';

export const POST = route({
  path: '/datasets/{name}/versions/{n}/release',
  permission: 'dataset:release',
  summary: 'Release a quarantined version, with a reason',
  body: releaseInput,
  response: versionShape,
  status: 200,
  find: ({ ctx, params }) => getVersion(ctx, params.name!, Number(params.n)),
  handle: ({ ctx, params, found, body }) => releaseVersion(ctx, params.name!, found.number, body.reason),
});
