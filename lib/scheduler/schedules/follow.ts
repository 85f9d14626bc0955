import { type ScheduleTrigger } from '@/lib/pipeline';

/** A schedule of the version before, as far as it goes on in the next one. */
export type Followed = { id: string; triggerIndex: number; trigger: ScheduleTrigger };

/** times names what decides when a schedule fires. */
const times = ({ cron, every, zone, start }: ScheduleTrigger): string => JSON.stringify([cron?.trim(), every, zone ?? 'UTC', start]);

/**
 * followSchedules says which schedule of a new version goes on from which one before, and so keeps what it has done: the one with
 * the same times, else the one in the same place.
 * @param triggers of the new version, by their place in its spec
 * @returns for each the id of the one before, or null for a new one; the ones before that are not named have ended
 */
export function followSchedules(before: Followed[], triggers: { index: number; trigger: ScheduleTrigger }[]): { index: number; trigger: ScheduleTrigger; id: string | null }[] {
  const left = new Map(before.map((each) => [each.id, each]));
  const take = (fits: (each: Followed) => boolean): string | null => {
    const found = [...left.values()].find(fits);
    if (found) left.delete(found.id);
    return found?.id ?? null;
  };
  const same = triggers.map((next) => ({ ...next, id: take((each) => times(each.trigger) === times(next.trigger)) }));
  return same.map((next) => ({ ...next, id: next.id ?? take((each) => each.triggerIndex === next.index) }));
}
