import type { IntervalRun } from '@/lib/scheduler';

/** A day's name, as inputs write it: 2012-03-09. */
export type DayKey = string;

/** One day of a month, with what the intervals that start on it came to. */
export type CalendarDay = { key: DayKey; day: number; state: string | null; ended: boolean; count: number; runId: string | null };
export type CalendarMonth = { key: string; name: string; year: number; /** empty cells before its first day, weeks begin on Monday */ offset: number; days: CalendarDay[] };

type Interval = Pick<IntervalRun, 'state' | 'runId'> & { start: string | Date; end: string | Date };

const formats = new Map<string, Intl.DateTimeFormat>();

/** dayKey names the day that an instant falls on in a zone. */
export function dayKey(at: Date | string, zone: string): DayKey {
  let format = formats.get(zone);
  if (!format) formats.set(zone, (format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })));
  return format.format(new Date(at));
}

/** addDays steps a day's name. */
export const addDays = (key: DayKey, days: number): DayKey => new Date(Date.parse(`${key}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** addMonths steps a month's name, 2012-03. */
export function addMonths(month: string, months: number): string {
  const [year = 0, at = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, at - 1 + months, 1)).toISOString().slice(0, 7);
}

/** Of a day's intervals the one that asks for attention speaks. */
const RANK = ['failed', 'running', 'queued', 'cancelled', '', 'succeeded'];
const rank = (state: string | null) => RANK.indexOf(state ?? '');

/** calendarMonths lays months out with what the intervals that start on each day came to. @param months names like 2012-03 */
export function calendarMonths(months: readonly string[], intervals: readonly Interval[], zone: string): CalendarMonth[] {
  const byDay = new Map<DayKey, Interval[]>();
  for (const interval of intervals) {
    const key = dayKey(interval.start, zone);
    const list = byDay.get(key);
    if (list) list.push(interval);
    else byDay.set(key, [interval]);
  }
  return months.map((month) => {
    const [year = 0, at = 1] = month.split('-').map(Number);
    const first = new Date(Date.UTC(year, at - 1, 1));
    const length = new Date(Date.UTC(year, at, 0)).getUTCDate();
    const days = Array.from({ length }, (_, i): CalendarDay => {
      const key = `${month}-${String(i + 1).padStart(2, '0')}`;
      const list = byDay.get(key) ?? [];
      const worst = [...list].sort((a, b) => rank(a.state) - rank(b.state))[0];
      return { key, day: i + 1, state: worst?.state ?? null, ended: list.length > 0, count: list.length, runId: list.length === 1 ? (worst?.runId ?? null) : null };
    });
    return { key: month, name: first.toLocaleString('en-GB', { month: 'long', timeZone: 'UTC' }), year, offset: (first.getUTCDay() + 6) % 7, days };
  });
}

/** ordered gives the two ends of a chosen range, the earlier first. */
export const ordered = (a: DayKey, b: DayKey): { from: DayKey; to: DayKey } => (a <= b ? { from: a, to: b } : { from: b, to: a });

/** isDay tells whether a text is a day's name. */
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** intervalLabel names an interval: its day, with the time where it is shorter than a day. */
export function intervalLabel(start: string | Date, end: string | Date, zone: string): string {
  const hours = (new Date(end).getTime() - new Date(start).getTime()) / 3_600_000;
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
    ...(hours < 22 ? { hour: '2-digit', minute: '2-digit' } : {}),
  }).format(new Date(start)).replace(',', '');
}
