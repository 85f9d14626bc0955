import { formatDay, formatTime } from '@/components/time/format';
import type { GridRun } from './grid-data';

const DAY = 86_400_000;
/** Labels stand at least this many columns apart. */
const APART = 5;

/** columnTicks names some of the columns by what they cover: days where the runs span several, else the time of day. */
export function columnTicks(runs: readonly GridRun[], zone: string, now: Date): { column: number; text: string }[] {
  const times = runs.map((r) => r.logicalDate ?? r.startedAt ?? r.createdAt);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [];
  const days = last.getTime() - first.getTime() > 3 * DAY;
  const ticks: { column: number; text: string }[] = [];
  for (const [column, time] of times.entries()) {
    const text = days ? formatDay(time, zone, now) : formatTime(time, zone, now);
    const before = ticks.at(-1);
    if ((before === undefined || column - before.column >= APART) && column <= runs.length - 3 && text !== before?.text) ticks.push({ column, text });
  }
  return ticks;
}
