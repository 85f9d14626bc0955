/** Times and amounts in words. Pure: zone and `now` come from the caller, the same text comes from server and browser. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const part = (at: Date, zone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(at);

const dayOf = (at: Date, zone: string) =>
  part(at, zone, { year: 'numeric', month: '2-digit', day: '2-digit' });

/**
 * formatTime gives a moment as short as it stays clear: "14:06" today, "19 Apr 14:06" this year, "19 Apr 2001 14:06" else.
 * @param zone IANA name or "UTC"
 */
export function formatTime(at: Date, zone: string, now: Date): string {
  const clock = part(at, zone, { hour: '2-digit', minute: '2-digit' });
  if (dayOf(at, zone) === dayOf(now, zone)) return clock;
  return `${formatDay(at, zone, now)} ${clock}`;
}

/** formatDay gives a day: "19 Apr" this year, "19 Apr 2001" else. */
export function formatDay(at: Date, zone: string, now: Date): string {
  const sameYear = part(at, zone, { year: 'numeric' }) === part(now, zone, { year: 'numeric' });
  return part(at, zone, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** formatLongDay gives "Thursday 19 April 2001". */
export const formatLongDay = (at: Date, zone: string): string =>
  part(at, zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).replace(',', '');

/** formatExact gives "2001-04-19 14:06:03.250 UTC": what hovering shows. */
export function formatExact(at: Date, zone: string): string {
  const [d, m, y] = dayOf(at, zone).split('/');
  const clock = part(at, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const millis = String(at.getUTCMilliseconds()).padStart(3, '0');
  return `${y}-${m}-${d} ${clock}.${millis} ${zone === 'UTC' ? 'UTC' : zone.replaceAll('_', ' ')}`;
}

/** formatDuration gives a length humanely: "0.4 s", "38 s", "3 m 20 s", "2 h 05 m", "4 d 03 h". @param ms milliseconds */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE - 500) return `${Math.round(ms / SECOND)} s`;
  const pad = (n: number) => String(n).padStart(2, '0');
  if (ms < HOUR - 500) {
    const s = Math.round(ms / SECOND);
    return s % 60 === 0 ? `${s / 60} m` : `${Math.floor(s / 60)} m ${pad(s % 60)} s`;
  }
  if (ms < DAY - 30 * SECOND) {
    const m = Math.round(ms / MINUTE);
    return `${Math.floor(m / 60)} h ${pad(m % 60)} m`;
  }
  const h = Math.round(ms / HOUR);
  return `${Math.floor(h / 24)} d ${pad(h % 24)} h`;
}

/** formatAgo gives "just now", "4 m ago", "in 2 h", "3 d ago". */
export function formatAgo(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime();
  const size = Math.abs(ms);
  if (size < 45 * SECOND) return ms >= 0 ? 'just now' : 'in a moment';
  const amount =
    size < 59.5 * MINUTE
      ? `${Math.max(1, Math.round(size / MINUTE))} m`
      : size < 23.5 * HOUR
        ? `${Math.round(size / HOUR)} h`
        : `${Math.round(size / DAY)} d`;
  return ms >= 0 ? `${amount} ago` : `in ${amount}`;
}

/** formatCount gives "17,307". */
export const formatCount = (n: number): string => n.toLocaleString('en-US');

/** formatBytes gives "812 B", "1.4 MB": powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** plural gives "1 run", "3 runs". */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${n === 1 ? one : many}`;
