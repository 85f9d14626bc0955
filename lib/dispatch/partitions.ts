/** Pipelines are divided into this many shares, which live schedulers hold by lease. */
export const PARTITIONS = 64;

/** The lease of the process that does the singleton duties. */
export const LEADER = 'leader';

/** partitionLease names the lease of one share. */
export const partitionLease = (partition: number): string => `partition/${String(partition).padStart(2, '0')}`;

/** partitionOfLease is the share a lease stands for, or null for another lease. */
export function partitionOfLease(name: string): number | null {
  const number = /^partition\/(\d+)$/.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}

/** partitionOf is the share that a pipeline belongs to; `penstock_partition` in the database gives the same. @param pipelineId uuid */
export const partitionOf = (pipelineId: string): number => Number.parseInt(pipelineId.slice(-2), 16) % PARTITIONS;

/** A lease as a process sees it: `holder` is null when it is free. */
export type SeenLease = { name: string; holder: string | null };

/**
 * shareOut says which leases a node takes and which it gives up, so that all live nodes together hold every lease once and none holds
 * more than one above another. Every node decides by itself from the same rows: nodes are ordered by id, the first ones get the odd ones.
 * @param me this node; it counts as live
 * @param live ids of all live nodes
 */
export function shareOut(me: string, live: readonly string[], leases: readonly SeenLease[]): { take: string[]; release: string[] } {
  const nodes = [...new Set([...live, me])].sort();
  const place = nodes.indexOf(me);
  const quota = Math.floor(leases.length / nodes.length) + (place < leases.length % nodes.length ? 1 : 0);
  const mine = leases.filter((lease) => lease.holder === me).map((lease) => lease.name);
  if (mine.length >= quota) return { take: [], release: mine.slice(quota) };
  const free = leases.filter((lease) => lease.holder === null).map((lease) => lease.name);
  // two nodes that look at the same moment begin at different ends of what is free
  const from = Math.floor((free.length * place) / nodes.length);
  return { take: [...free.slice(from), ...free.slice(0, from)].slice(0, quota - mine.length), release: [] };
}
