import { invalid } from '@/lib/core/errors';
import { instantOf, DAY, wallAt, type Instant, type Wall } from './wall-clock';

/** A duration in its two parts: calendar steps move the wall clock, the rest is elapsed time. */
export type Step = { months: number; days: number; elapsedMs: number };

const PARTS = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** parseDuration reads an ISO 8601 duration like PT15M or P1D. @throws AppError invalid when it is none, or nothing long */
export function parseDuration(text: string): Step {
  const parts = PARTS.exec(text);
  const [years, months, weeks, days, hours, minutes, seconds] = (parts?.slice(1) ?? []).map((n: string | undefined) => Number(n ?? 0));
  const step = parts && { months: years! * 12 + months!, days: weeks! * 7 + days!, elapsedMs: ((hours! * 60 + minutes!) * 60 + seconds!) * 1000 };
  if (!step || (step.months === 0 && step.days === 0 && step.elapsedMs === 0)) {
    throw invalid(`"${text}" is no duration to repeat by. Give an ISO 8601 duration, for example PT15M or P1D.`, [{ path: 'every', message: 'Give a duration like PT15M or P1D.', value: text }]);
  }
  return step;
}

/** stepAt is the n-th step from a start. Months are counted from the start, so that the 31st comes back after February. */
export function stepAt(step: Step, zone: string, start: Instant, n: number): Instant {
  const elapsed = n * step.elapsedMs;
  if (step.months === 0 && step.days === 0) return start + elapsed;
  if (n === 0) return start;
  return instantOf(zone, addMonths(wallAt(zone, start), n * step.months) + n * step.days * DAY) + elapsed;
}

/** stepAfter is the number of the first step strictly after an instant. @param least the first number there may be */
export function stepAfter(step: Step, zone: string, start: Instant, after: Instant, least: number): number {
  const about = step.months * 30.436875 * DAY + step.days * DAY + step.elapsedMs;
  let n = Math.max(least, Math.floor((after - start) / about) - 2);
  while (n > least && stepAt(step, zone, start, n) > after) n -= 1;
  while (stepAt(step, zone, start, n) <= after) n += 1;
  return n;
}

function addMonths(wall: Wall, months: number): Wall {
  if (months === 0) return wall;
  const at = new Date(wall);
  const first = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(at.getUTCDate(), last) - 1) * DAY + (wall - Math.floor(wall / DAY) * DAY);
}
