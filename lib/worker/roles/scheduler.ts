import { systemClock, type Clock } from '@/lib/core/clock';
import { releaseWaitingForPast } from '@/lib/runs/server';
import { advanceBackfills, fireDueSchedules } from '@/lib/scheduler/server';
import { every } from '../every';

/** Without a hint schedules are looked at this often, in milliseconds: three queries a turn. */
const POLL_MS = 10_000;

/** Backfills hear of their runs; without a hint they are looked at this often, in milliseconds. */
const BACKFILLS_MS = 10_000;
/** News of runs is gathered for so long before backfills are looked at, in milliseconds. */
const GATHER_MS = 100;

/**
 * startScheduler makes the runs of schedules as they fall due, and those of backfills. It sleeps until the next schedule is due, and is
 * woken when a version is published, a pipeline is resumed, a run ends that an interval waits for, or shares of the pipelines change
 * hands. Any number of schedulers may run.
 * @param shares the shares of the pipelines that this process schedules now
 */
export function startScheduler(
  shares: () => number[],
  clock: Clock = systemClock,
): { pipelineChanged(): void; runChanged(): void; backfillChanged(): void; stop(): Promise<void> } {
  let gathering: NodeJS.Timeout | undefined;
  let open = 0;
  const backfills = every(BACKFILLS_MS, async () => {
    open = (await advanceBackfills(clock())) + (await releaseWaitingForPast());
  });
  let alarm: NodeJS.Timeout | undefined;
  let waits = false;
  const schedules = every(POLL_MS, async () => {
    clearTimeout(alarm);
    const next = await fireDueSchedules(clock(), shares());
    waits = next.waits;
    const inMs = next.at === null ? POLL_MS : next.at.getTime() - clock().getTime();
    if (inMs < POLL_MS) alarm = setTimeout(schedules.now, Math.max(50, inMs));
  });
  return {
    pipelineChanged: schedules.now,
    runChanged: () => {
      if (waits) schedules.now();
      if (open === 0) return;
      gathering ??= setTimeout(() => {
        gathering = undefined;
        backfills.now();
      }, GATHER_MS);
    },
    backfillChanged: backfills.now,
    stop: async () => {
      clearTimeout(alarm);
      clearTimeout(gathering);
      await Promise.all([schedules.stop(), backfills.stop()]);
      clearTimeout(alarm);
    },
  };
}
