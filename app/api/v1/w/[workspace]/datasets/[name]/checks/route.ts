import { listOf, whole } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { checkResultShape, checksInput } from '@/lib/datasets';
import { getDataset, listCheckResults, putChecks } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets/{name}/checks',
  permission: 'dataset:read',
  summary: 'What checks found on a dataset, newest first',
  response: listOf(checkResultShape),
  handle: async ({ ctx, params }) => whole(await listCheckResults(ctx, params.name!)),
});

export const PUT = route({
  path: '/datasets/{name}/checks',
  permission: 'dataset:write',
  summary: 'Set the checks that stand on a dataset',
  body: checksInput,
  response: checksInput,
  find: ({ ctx, params }) => getDataset(ctx, params.name!),
  handle: ({ ctx, found, body }) => putChecks(ctx, found.name, body.checks),
});
