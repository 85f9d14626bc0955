import { notify } from '@/lib/db/notify';
import { giveUpLeases, renewLeases, takeLeases } from './lease-store';
import { LEADER, partitionOfLease, shareOut } from './partitions';

/** What a node wants to hold: the singleton duties, shares of the pipelines. */
export type LeaseWishes = { leader: boolean; partitions: boolean };

/**
 * LeaseKeeper holds a node's leases: tick() renews them, takes what is free up to the node's share and gives up what is above it.
 * Between ticks the node believes in its leases only until the time for which they were certainly granted, by its own steady clock
 * begun before the question was sent; so a node that slept, or whose database is away, does nothing with a lease that another may hold.
 */
export class LeaseKeeper {
  private held = new Set<string>();
  private certainUntil = -Infinity;

  constructor(
    private readonly holder: string,
    private readonly leaseSeconds: number,
    private readonly wishes: LeaseWishes,
    private readonly steadyNow: () => number = () => performance.now(),
  ) {}

  /** tick does one round; call it every third of the lease, and at a notice `cluster`. @returns whether anything changed hands */
  async tick(): Promise<boolean> {
    const asked = this.steadyNow();
    const { leases, nodes } = await renewLeases(this.holder, this.leaseSeconds);
    const mine = new Set(leases.filter((lease) => lease.holder === this.holder).map((lease) => lease.name));
    const wanted = this.wishes.leader ? leases.filter((lease) => lease.name === LEADER && lease.holder === null).map((lease) => lease.name) : [];
    const shares = leases.filter((lease) => partitionOfLease(lease.name) !== null);
    const { take, release } = this.wishes.partitions ? shareOut(this.holder, nodes, shares) : { take: [], release: [] };
    // what is given up is not used any more before others can have it
    for (const name of release) mine.delete(name);
    this.held = mine;
    this.certainUntil = asked + this.leaseSeconds * 1000;
    if (release.length > 0) await giveUpLeases(this.holder, release);
    const wishes = [...wanted, ...take];
    const taken = wishes.length > 0 ? await takeLeases(this.holder, wishes, this.leaseSeconds) : [];
    for (const name of taken) this.held.add(name);
    const changed = release.length > 0 || taken.length > 0;
    if (changed) notify({ topic: 'cluster' });
    return changed;
  }

  /** leads tells whether this node does the singleton duties now. */
  leads(): boolean {
    return this.believes() && this.held.has(LEADER);
  }

  /** partitions are the shares of the pipelines that are this node's now. */
  partitions(): number[] {
    return this.believes() ? [...this.held].map(partitionOfLease).filter((share): share is number => share !== null) : [];
  }

  /** release frees everything at once, so that others need not wait for the leases to run out. */
  async release(): Promise<void> {
    this.held = new Set();
    if ((await giveUpLeases(this.holder, null)) > 0) notify({ topic: 'cluster' });
  }

  private believes(): boolean {
    return this.steadyNow() < this.certainUntil;
  }
}
