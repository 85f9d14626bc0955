/**
 * A wall clock reading is the number of milliseconds since 1970-01-01T00:00 that its own calendar counts; an instant the number
 * of milliseconds since 1970-01-01T00:00Z. A zone leads from one to the other.
 */
export type Wall = number;
export type Instant = number;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The widest offsets of any zone, and some: what a reading can be away from its instant. */
const WEST = 13 * HOUR;
const EAST = 15 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let known = formats.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
    formats.set(zone, known);
  }
  return known;
}

/** offsetAt is what a zone's clocks are ahead of UTC at an instant, in milliseconds. @throws RangeError for an unknown zone */
export function offsetAt(zone: string, at: Instant): number {
  if (zone === 'UTC') return 0;
  const second = Math.floor(at / 1000) * 1000;
  const text = format(zone).format(second);
  const [month, day, year, hour, minute, secondOf] = (text.match(/\d+/g) ?? []).map(Number) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, secondOf) - second;
}

/** wallAt is what a zone's clocks show at an instant. */
export const wallAt = (zone: string, at: Instant): Wall => at + offsetAt(zone, at);

/** midnight is the reading at which a reading's date begins. */
export const midnight = (wall: Wall): Wall => Math.floor(wall / DAY) * DAY;

/** firstChange finds when a zone's offset changes in (from, to], given that it is another one at `to`. */
export function firstChange(zone: string, from: Instant, to: Instant): Instant {
  const before = offsetAt(zone, from);
  let low = Math.floor(from / 1000);
  let high = Math.ceil(to / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** instantOf is the first instant that shows a reading or, where clocks leapt over it, the first one after the gap. */
export function instantOf(zone: string, wall: Wall): Instant {
  const early = offsetAt(zone, wall - EAST);
  const late = offsetAt(zone, wall + WEST);
  if (early === late) return wall - early;
  const shown = [wall - early, wall - late].filter((at) => offsetAt(zone, at) === wall - at).sort((a, b) => a - b);
  return shown[0] ?? firstChange(zone, wall - EAST, wall + WEST);
}
