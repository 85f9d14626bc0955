import { env } from '@/lib/core/env';
import { authorize, type Context } from '@/lib/tenancy/server';
import type { ClusterView } from './cluster-schema';
import { gatewayRows, leaseRows, queueRow, workerRows } from './cluster-store';
import { LEADER, partitionOfLease } from './partitions';

/** getCluster shows who works for this installation and who holds which duty. @throws AppError forbidden */
export async function getCluster(ctx: Context): Promise<ClusterView> {
  authorize(ctx, 'cluster:read');
  const leaseSeconds = env().PENSTOCK_LEASE_SECONDS;
  const [leases, workers, gateways, queue] = await Promise.all([leaseRows(), workerRows(), gatewayRows(), queueRow()]);
  const nameOf = (id: string | null) => workers.find((w) => w.id === id)?.name ?? null;
  const leader = leases.find((lease) => lease.name === LEADER)?.holder ?? null;
  const shares = leases.flatMap(({ name, holder }) => {
    const partition = partitionOfLease(name);
    return partition === null ? [] : [{ partition, workerId: holder, name: nameOf(holder) }];
  });
  return {
    leaseSeconds,
    leader: leader === null ? null : { workerId: leader, name: nameOf(leader) ?? leader },
    partitions: shares,
    workers: workers.map(({ details, ...worker }) => ({
      ...worker,
      lagMs: details.lagMs ?? null,
      lost: worker.heartbeatAgeSeconds > leaseSeconds,
      leader: worker.id === leader,
      partitions: shares.filter((share) => share.workerId === worker.id).length,
      scale: details.max === undefined ? null : { min: details.min ?? 0, max: details.max, children: details.children ?? 0 },
    })),
    gateways: gateways.map((gateway) => ({ ...gateway, lost: gateway.heartbeatAgeSeconds > leaseSeconds })),
    queue,
  };
}
