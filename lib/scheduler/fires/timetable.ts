import { invalid } from '@/lib/core/errors';
import { parseCron } from './cron';
import { cronAfter } from './cron-fires';
import { parseDuration, stepAfter, stepAt } from './duration';
import { DAY, HOUR, instantOf, midnight, offsetAt, wallAt, type Instant } from './wall-clock';

/** What of a schedule decides when it fires. */
export type ScheduleTimes = { cron?: string | undefined; every?: string | undefined; zone?: string | undefined; start?: string | undefined };

/** A time span that a run covers: it holds its start and not its end. */
export type Interval = { start: Date; end: Date };

/** Timetable answers when a schedule fires. Times are instants. */
export type Timetable = {
  /** the first fire strictly after an instant; null when there is none */
  next(after: Date): Date | null;
  /** the last fires at or before an instant, oldest first, at most `count` */
  last(until: Date, count: number): Date[];
  /** since when it fires: its start; null when it has none */
  start: Date | null;
};

/** Where a duration without a start counts from: a Monday that began a month, a year and a century. */
const ANCHOR = Date.UTC(2001, 0, 1);
const HORIZONS = [2 * HOUR, 2 * DAY, 9 * DAY, 70 * DAY, 400 * DAY, 40 * 366 * DAY];

/**
 * timetable reads a schedule's times, by semantics §3.
 * @param excluded dates (2026-12-25) on the clocks of its zone on which it does not fire: the interval before goes on over them
 * @throws AppError invalid when the cron, duration, zone or start is none
 */
export function timetable(times: ScheduleTimes, excluded: ReadonlySet<string> = NONE): Timetable {
  const zone = times.zone ?? 'UTC';
  const start = times.start === undefined ? null : startInstant(times.start, checkZone(zone));
  const every = times.cron === undefined ? durationNext(times.every, checkZone(zone), start) : cronNext(times.cron, checkZone(zone), start);
  const next = excluded.size === 0 ? every : without(every, zone, excluded);
  const last = (until: Instant, count: number): Instant[] => {
    let found: Instant[] = [];
    for (const horizon of HORIZONS) {
      found = [];
      const from = until - horizon * Math.max(1, count / 50);
      for (let at = next(from); at !== null && at <= until; at = next(at)) {
        found.push(at);
        if (found.length > count) found.shift();
      }
      if (found.length >= count || (start !== null && from < start)) break;
    }
    return found;
  };
  return {
    start: start === null ? null : new Date(start),
    next: (after) => dateOf(next(after.getTime())),
    last: (until, count) => last(until.getTime(), count).map((at) => new Date(at)),
  };
}

const NONE: ReadonlySet<string> = new Set();

/** without leaves out the fires of some dates. */
function without(next: (after: Instant) => Instant | null, zone: string, excluded: ReadonlySet<string>): (after: Instant) => Instant | null {
  return (after) => {
    let at = next(after);
    // each turn leaves a date behind
    for (let turns = 0; at !== null && turns <= excluded.size; turns++) {
      const wall = wallAt(zone, at);
      if (!excluded.has(new Date(wall).toISOString().slice(0, 10))) return at;
      at = next(Math.max(at, instantOf(zone, midnight(wall) + DAY) - 1));
    }
    return at;
  };
}

const dateOf = (at: Instant | null) => (at === null ? null : new Date(at));

function checkZone(zone: string): string {
  try {
    offsetAt(zone, 0);
    return zone;
  } catch {
    const message = `There is no time zone "${zone}". Use a name like Europe/Berlin or UTC.`;
    throw invalid(message, [{ path: 'zone', message, value: zone }]);
  }
}

/** A start with an offset is that instant; one without is a reading of the zone's clocks. */
function startInstant(text: string, zone: string): Instant {
  const given = Date.parse(text);
  const reading = Date.parse(/T/.test(text) ? `${text}Z` : `${text}T00:00Z`);
  if (Number.isNaN(given) && Number.isNaN(reading)) {
    const message = `"${text}" is no date or time. Give one like 2026-01-31 or 2026-01-31T06:00:00Z.`;
    throw invalid(message, [{ path: 'start', message, value: text }]);
  }
  return /(Z|[+-]\d{2}:?\d{2})$/.test(text) && /T/.test(text) ? given : instantOf(zone, reading);
}

function cronNext(cron: string, zone: string, start: Instant | null): (after: Instant) => Instant | null {
  const fields = parseCron(cron);
  return (after) => cronAfter(fields, zone, start === null ? after : Math.max(after, start - 1));
}

function durationNext(every: string | undefined, zone: string, start: Instant | null): (after: Instant) => Instant | null {
  if (every === undefined) throw invalid('A schedule needs either cron or every.', [{ path: 'cron', message: 'Give a cron expression, or a duration in every.' }]);
  const step = parseDuration(every);
  const from = start ?? instantOf(zone, ANCHOR);
  return (after) => stepAt(step, zone, from, stepAfter(step, zone, from, after, start === null ? -Infinity : 0));
}

/** timesAfter lists the next fires. */
export function timesAfter(table: Timetable, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let at = table.next(after); at !== null && times.length < count; at = table.next(at)) times.push(at);
  return times;
}

/** intervalFrom is the interval that starts exactly at an instant; null when none does. */
export function intervalFrom(table: Timetable, start: Date): Interval | null {
  if (table.next(new Date(start.getTime() - 1))?.getTime() !== start.getTime()) return null;
  const end = table.next(start);
  return end && { start, end };
}

/**
 * intervalsBetween lists the intervals that start in [from, to], both included, and have ended.
 * @param most stops after so many
 */
export function intervalsBetween(table: Timetable, from: Date, to: Date, now: Date, most: number): Interval[] {
  const found: Interval[] = [];
  let start = table.next(new Date(from.getTime() - 1));
  while (start !== null && start <= to && found.length < most) {
    const end = table.next(start);
    if (end === null || end > now) break;
    found.push({ start, end });
    start = end;
  }
  return found;
}

/** latestInterval is the newest interval that has ended at an instant; null when none has. */
export function latestInterval(table: Timetable, now: Date): Interval | null {
  const [start, end] = table.last(now, 2);
  return start && end ? { start, end } : null;
}
