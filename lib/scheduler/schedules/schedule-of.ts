import { createHash } from 'node:crypto';
import { type DraftSpec, type ScheduleTrigger } from '@/lib/pipeline';
import { intervalFrom, timetable, type Interval } from '../fires/timetable';
import { type Policy } from './decide';

/** scheduleTriggers lists a spec's schedules with their place among its triggers. */
export const scheduleTriggers = (spec: Pick<DraftSpec, 'triggers'>): { index: number; trigger: ScheduleTrigger }[] =>
  spec.triggers.flatMap((trigger, index) => (trigger.kind === 'schedule' ? [{ index, trigger: trigger as unknown as ScheduleTrigger }] : []));

/** policyOf reads a schedule's policy with its defaults (contract §2). */
export const policyOf = (trigger: ScheduleTrigger): Policy => ({
  catchup: trigger.catchup ?? false,
  catchupWindowSeconds: trigger.catchupWindowSeconds ?? null,
  overlap: trigger.overlap ?? 'skip',
});

/** jitterOf delays each interval of a schedule by its own amount below jitterSeconds, the same at every look. */
export function jitterOf(scheduleId: string, trigger: ScheduleTrigger): (interval: Interval) => number {
  const most = (trigger.jitterSeconds ?? 0) * 1000;
  if (most === 0) return () => 0;
  return ({ start }) => {
    const digest = createHash('sha256').update(`${scheduleId} ${start.toISOString()}`).digest();
    return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * most);
  };
}

/**
 * intervalAt finds the interval of one of a spec's schedules that starts at an instant, with the end of the one after it.
 * @param excluded the dates of a schedule's calendar
 */
export function intervalAt(spec: Pick<DraftSpec, 'triggers'>, start: Date, excluded: (trigger: ScheduleTrigger) => ReadonlySet<string>): { interval: Interval; latestUntil: Date | null } | null {
  for (const { trigger } of scheduleTriggers(spec)) {
    const table = timetable(trigger, excluded(trigger));
    const interval = intervalFrom(table, start);
    if (interval) return { interval, latestUntil: table.next(interval.end) };
  }
  return null;
}
