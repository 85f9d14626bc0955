import { systemClock, type Clock } from '@/lib/core/clock';
import { fireDueSchedules } from '@/lib/scheduler/server';
import { every } from '../every';

/** Without a hint schedules are looked at this often, in milliseconds: three queries a turn. */
const POLL_MS = 10_000;

/**
 * startScheduler makes the runs of schedules as they fall due. It sleeps until the next one is due, and is woken when a version is
 * published, a pipeline is resumed, or a run ends that an interval waits for. Any number of schedulers may run.
 */
export function startScheduler(clock: Clock = systemClock): { pipelineChanged(): void; runChanged(): void; stop(): Promise<void> } {
  let alarm: NodeJS.Timeout | undefined;
  let waits = false;
  const schedules = every(POLL_MS, async () => {
    clearTimeout(alarm);
    const next = await fireDueSchedules(clock());
    waits = next.waits;
    const inMs = next.at === null ? POLL_MS : next.at.getTime() - clock().getTime();
    if (inMs < POLL_MS) alarm = setTimeout(schedules.now, Math.max(50, inMs));
  });
  return {
    pipelineChanged: schedules.now,
    runChanged: () => {
      if (waits) schedules.now();
    },
    stop: async () => {
      clearTimeout(alarm);
      await schedules.stop();
      clearTimeout(alarm);
    },
  };
}
