import { invalid } from '@/lib/core/errors';
import { intervalFrom, intervalsBetween, type Interval, type Timetable } from '../fires/timetable';
import { DAY, instantOf } from '../fires/wall-clock';
import { MOST_INTERVALS, type BackfillRequest } from './schema';

type Schedule = { table: Timetable; zone: string };

/** instant reads a date or time: with an offset an instant, without one a reading of the zone's clocks. @param last of a date its last instant */
export function instant(text: string, zone: string, last: boolean): Date {
  if (/T/.test(text)) return /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? new Date(text) : new Date(instantOf(zone, Date.parse(`${text}Z`)));
  const reading = Date.parse(`${text}T00:00Z`);
  return new Date(last ? instantOf(zone, reading + DAY) - 1 : instantOf(zone, reading));
}

/**
 * intervalsOf lists the intervals that a request means, oldest first: those of the schedule that start in the range and have ended, or
 * the named ones. Without a schedule a named interval lasts until the next named one, at most a day.
 * @throws AppError invalid when from is after to, nothing has ended yet, there are too many, or the pipeline has no schedule
 */
export function intervalsOf(request: Pick<BackfillRequest, 'from' | 'to' | 'intervals'>, schedule: Schedule | null, now: Date): Interval[] {
  if (request.intervals) return named(request.intervals, schedule, now);
  if (!schedule) {
    const message = 'This pipeline has no schedule, so there are no intervals in a range. Give it a schedule (a disabled one is enough), or name the intervals.';
    throw invalid(message, [{ path: 'from', message, value: request.from }]);
  }
  const from = instant(request.from!, schedule.zone, false);
  const to = instant(request.to!, schedule.zone, true);
  if (from > to) {
    const message = `The range ends before it begins: ${request.from} is after ${request.to}. Swap them.`;
    throw invalid(message, [{ path: 'to', message, value: request.to }]);
  }
  const found = intervalsBetween(schedule.table, from, to, now, MOST_INTERVALS + 1);
  if (found.length > MOST_INTERVALS) {
    const message = `The range holds more than ${MOST_INTERVALS.toLocaleString('en')} intervals. Take it in parts.`;
    throw invalid(message, [{ path: 'to', message, value: request.to }]);
  }
  if (found.length === 0) {
    const message = 'No interval of the schedule starts in this range and has ended yet.';
    throw invalid(message, [{ path: 'to', message, value: request.to }]);
  }
  return found;
}

function named(texts: string[], schedule: Schedule | null, now: Date): Interval[] {
  const zone = schedule?.zone ?? 'UTC';
  const starts = [...new Set(texts.map((text) => instant(text, zone, false).getTime()))].sort((a, b) => a - b);
  const intervals = starts.map((at, i): Interval => {
    const start = new Date(at);
    if (!schedule) return { start, end: new Date(Math.min(at + DAY, starts[i + 1] ?? Infinity)) };
    const found = intervalFrom(schedule.table, start);
    if (found) return found;
    const place = texts.findIndex((text) => instant(text, zone, false).getTime() === at);
    const message = `No interval of the schedule starts at ${start.toISOString()}.`;
    throw invalid(message, [{ path: `intervals[${place}]`, message, value: texts[place] }]);
  });
  const ended = intervals.filter(({ end }) => end <= now);
  if (ended.length > 0) return ended;
  const message = 'None of the named intervals has ended yet.';
  throw invalid(message, [{ path: 'intervals', message }]);
}
