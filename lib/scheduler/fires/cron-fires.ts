import { type CronFields } from './cron';
import { DAY, firstChange, instantOf, midnight, MINUTE, offsetAt, wallAt, type Instant, type Wall } from './wall-clock';

/** Nothing that a calendar can show is further away than this: a 29 February, eight years over 2100. */
const FURTHEST_DAYS = 9 * 366;

/** admitsDate tells whether a date is one of the cron's: when day of month and day of week are both restricted either suffices. */
export function admitsDate(cron: CronFields, date: Wall): boolean {
  const at = new Date(date);
  if (!cron.months.has(at.getUTCMonth() + 1)) return false;
  const day = cron.days.has(at.getUTCDate());
  const weekday = cron.weekdays.has(at.getUTCDay());
  if (cron.anyDay) return cron.anyWeekday || weekday;
  return cron.anyWeekday ? day : day || weekday;
}

/** cronAfter gives the first fire strictly after an instant, or null when there is none. */
export function cronAfter(cron: CronFields, zone: string, after: Instant): Instant | null {
  return cron.frequent ? frequentAfter(cron, zone, after) : datedAfter(cron, zone, after);
}

/** Once for each admitted reading of each date: at its first instant, or the first after a gap. Instants grow with the readings. */
function datedAfter(cron: CronFields, zone: string, after: Instant): Instant | null {
  const today = midnight(wallAt(zone, after));
  for (let n = -1; n < FURTHEST_DAYS; n += 1) {
    const date = today + n * DAY;
    if (!admitsDate(cron, date)) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = instantOf(zone, date + (hour * 60 + minute) * MINUTE);
        if (at > after) return at;
      }
    }
  }
  return null;
}

/** Every instant whose reading is admitted: walks from one change of the offset to the next. */
function frequentAfter(cron: CronFields, zone: string, after: Instant): Instant | null {
  let from = after + 1;
  for (let changes = 0; changes < 100; changes += 1) {
    const offset = offsetAt(zone, from);
    const wall = nextReading(cron, from + offset);
    if (wall === null) return null;
    const at = wall - offset;
    if (at - from > 3 * DAY) {
      // no zone's clocks leap by more than a day, so nothing before this can show the reading
      from = at - 2 * DAY;
      continue;
    }
    if (offsetAt(zone, at) === offset) return at;
    from = firstChange(zone, from, at);
  }
  return null;
}

/** nextReading is the first admitted full minute at or after a reading. */
function nextReading(cron: CronFields, wall: Wall): Wall | null {
  const from = Math.ceil(wall / MINUTE) * MINUTE;
  for (let n = 0; n < FURTHEST_DAYS; n += 1) {
    const date = midnight(from) + n * DAY;
    if (!admitsDate(cron, date)) continue;
    const least = Math.max(0, (from - date) / MINUTE);
    for (let hour = Math.floor(least / 60); hour < 24; hour += 1) {
      const minute = cron.minutes.find((each) => hour * 60 + each >= least);
      if (minute !== undefined) return date + (hour * 60 + minute) * MINUTE;
    }
  }
  return null;
}
