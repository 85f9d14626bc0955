import { formatTime } from '@/lib/core/expressions';
import { timesAfter, timetable } from '@/lib/scheduler';

const DAY_MS = 86_400_000;

/**
 * clockOn is the instant at which a zone's clocks show a time of the day, on the day that `day` falls on there. A time that clocks
 * skip on that day is the first instant after the gap.
 * @param clock HH:MM
 */
export function clockOn(clock: string, zone: string, day: Date): Date {
  const [hour, minute] = clock.split(':').map(Number);
  const date = (time: Date) => formatTime(time, 'yyyy-MM-dd', zone);
  const times = timesAfter(timetable({ cron: `${minute} ${hour} * * *`, zone }), new Date(day.getTime() - 2 * DAY_MS), 5);
  return times.find((time) => date(time) === date(day)) ?? times.at(-1)!;
}
