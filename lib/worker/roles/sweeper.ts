import { systemClock, type Clock } from '@/lib/core/clock';
import { notify } from '@/lib/db/notify';
import { foldShares, overdueAttempts, sampleSlots, wakeRetries } from '@/lib/dispatch/server';
import { endLostAttempt, expireApprovals, failQueuedTooLong, releaseHeldRuns, releaseWaitingRuns, settleLeftOver, tellEndedRuns } from '@/lib/runs/server';
import { every } from '../every';

/** How often each duty is done, in milliseconds: together under one query a second when nothing happens. */
const RETRIES_MS = 2_000;
const LEASES_MS = 5_000;
const LEFT_OVER_MS = 15_000;
const HELD_MS = 15_000;
const SHARES_MS = 5_000;
const SAMPLE_MS = 15_000;

/**
 * startSweeper does what nobody else is left to do: readies tasks whose retry delay is over, fails those
 * that waited in the queue too long, ends attempts whose lease ran out,
 * tells channels of ended runs, lets approvals expire,
 * and settles runs that a crash left between two commits. Any number of sweepers may run: every write is fenced or conditional.
 */
export function startSweeper(leaseSeconds: number, clock: Clock = systemClock): { datasetChanged(): void; retriesDue(): void; stop(): Promise<void> } {
  const held = every(HELD_MS, releaseHeldRuns);
  const retries = every(RETRIES_MS, async () => {
    if ((await wakeRetries(clock())) > 0) notify({ topic: 'work' });
    await failQueuedTooLong(clock());
  });
  const duties = [
    retries,
    every(Math.min(LEASES_MS, (leaseSeconds * 1000) / 3), async () => {
      for (const lost of await overdueAttempts(100, leaseSeconds)) await endLostAttempt(lost, clock());
      await tellEndedRuns(clock());
    }),
    every(LEFT_OVER_MS, async () => {
      await settleLeftOver();
      await expireApprovals(clock());
      await releaseWaitingRuns();
    }),
    every(SHARES_MS, foldShares),
    every(SAMPLE_MS, sampleSlots),
    held,
  ];
  return {
    datasetChanged: held.now,
    retriesDue: retries.now,
    stop: async () => {
      await Promise.all(duties.map((d) => d.stop()));
    },
  };
}
