import { type Grain } from './schema';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** startOf is the start of the window that holds a time, in UTC; weeks start on Monday. */
export function startOf(time: Date, grain: Grain): Date {
  const day = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate());
  if (grain === 'hour') return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);
  if (grain === 'day') return new Date(day);
  if (grain === 'week') return new Date(day - ((time.getUTCDay() + 6) % 7) * DAY_MS);
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1));
}

/** endOf is the start of the window after the one that starts at `start`. */
export function endOf(start: Date, grain: Grain): Date {
  if (grain === 'month') return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
  return new Date(start.getTime() + { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }[grain]);
}

/** Spans up to these lengths in days are shown by this grain when nobody chose one. */
const SUITS: [number, Grain][] = [
  [2, 'hour'],
  [21, 'day'],
  [100, 'week'],
];

/** grainFor is the grain that shows a span in a readable number of windows. */
export const grainFor = (from: Date, to: Date): Grain => SUITS.find(([days]) => to.getTime() - from.getTime() <= days * DAY_MS)?.[1] ?? 'month';

/** windowsBetween lists the starts of all windows that hold a time of [from, to). */
export function windowsBetween(from: Date, to: Date, grain: Grain): Date[] {
  const starts: Date[] = [];
  for (let start = startOf(from, grain); start < to; start = endOf(start, grain)) starts.push(start);
  return starts;
}
