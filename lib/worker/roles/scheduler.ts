import { systemClock, type Clock } from '@/lib/core/clock';
import { releaseWaitingForPast, RUNS_BEHIND_PAST } from '@/lib/runs/server';
import { advanceBackfills, BACKFILLS_OPEN, deliverEvents, EVENTS_DUE, fireDueSchedules, SCHEDULES_DUE } from '@/lib/scheduler/server';
import { type Duty } from '../watch';

/** A schedule that cannot fire now (a full disk), or whose interval waits for a run, is looked at this often, in milliseconds. */
const SCHEDULES_MS = 10_000;
/** Backfills hear of their runs; without a hint they are looked at this often, in milliseconds. */
const BACKFILLS_MS = 10_000;
/** Events whose run cannot be made now (a full disk) are looked at this often, in milliseconds. */
const EVENTS_MS = 10_000;
/** News of runs is gathered for so long before backfills are looked at, in milliseconds. */
const GATHER_MS = 100;
/** The longest that a timer of Node.js can be, in milliseconds. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * schedulerDuties make the runs of schedules as they fall due, those of events, and those of backfills. Schedules sleep until the next one is due, and
 * are woken when a version is published, a pipeline is resumed, a run ends that an interval waits for, or shares of the pipelines change
 * hands. Any number of schedulers may run.
 * @param shares the shares of the pipelines that this process schedules now
 */
export function schedulerDuties(shares: () => number[], clock: Clock = systemClock) {
  let waits = false;
  let open = 0;
  let hearsRuns = true;
  const schedules: Duty = {
    due: SCHEDULES_DUE,
    restMs: SCHEDULES_MS,
    perform: async () => {
      const next = await fireDueSchedules(clock(), shares());
      waits = next.waits;
      return next.at === null ? undefined : Math.min(LONGEST_MS, Math.max(50, next.at.getTime() - clock().getTime()));
    },
  };
  const backfills: Duty = {
    due: `coalesce(${BACKFILLS_OPEN}, ${RUNS_BEHIND_PAST})`,
    restMs: BACKFILLS_MS,
    perform: async () => {
      open = (await advanceBackfills(clock())) + (await releaseWaitingForPast());
    },
  };
  const events: Duty = {
    due: EVENTS_DUE,
    restMs: EVENTS_MS,
    perform: async () => {
      ({ hearsRuns } = await deliverEvents(clock(), shares()));
    },
  };
  return {
    schedules,
    backfills,
    events,
    /** after the end of a run: which duty may go on, and after how many milliseconds */
    afterRun: (): { duty: Duty; ms: number }[] => [...(waits ? [{ duty: schedules, ms: 0 }] : []), ...(open > 0 ? [{ duty: backfills, ms: GATHER_MS }] : []), ...(hearsRuns ? [{ duty: events, ms: GATHER_MS }] : [])],
  };
}
