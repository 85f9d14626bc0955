import { clusterShape } from '@/lib/dispatch';
import { getCluster } from '@/lib/dispatch/server';
import { route } from '@/lib/http/route';

export const GET = route({
  path: '/cluster',
  permission: 'cluster:read',
  summary: 'Who works for this installation: leader, shares of the pipelines, workers, gateways',
  response: clusterShape,
  handle: ({ ctx }) => getCluster(ctx),
});
