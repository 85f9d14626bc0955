import { expect, it } from 'vitest';
import { addDays, addMonths, calendarMonths, dayKey, intervalLabel, ordered } from './calendar-days';

const interval = (start: string, state: string | null = null) => ({ start, end: new Date(Date.parse(start) + 86_400_000), state, runId: 'r' });

it('lays out a month that begins on a Thursday, with a leap day', () => {
  const [february] = calendarMonths(['2024-02'], [], 'UTC');
  expect([february!.name, february!.offset, february!.days.length, february!.days.at(-1)!.key]).toEqual(['February', 3, 29, '2024-02-29']);
});

it('a day shows what asks for attention, and counts by the zone of the schedule', () => {
  const [march] = calendarMonths(['2026-03'], [interval('2026-03-01T23:00:00Z', 'succeeded'), interval('2026-03-02T05:00:00Z', 'failed'), interval('2026-03-03T05:00:00Z')], 'Europe/Berlin');
  expect(march!.days.slice(0, 4).map(({ state, count, ended }) => [state, count, ended])).toEqual([[null, 0, false], ['failed', 2, true], [null, 1, true], [null, 0, false]]);
});

it('steps days and months', () => {
  expect([addDays('2024-02-28', 2), addMonths('2024-01', -2), addMonths('2024-11', 3)]).toEqual(['2024-03-01', '2023-11', '2025-02']);
  expect(ordered('2024-03-02', '2024-03-01')).toEqual({ from: '2024-03-01', to: '2024-03-02' });
  expect(dayKey('2026-03-01T23:30:00Z', 'Asia/Kolkata')).toBe('2026-03-02');
});

it('names an interval by its day, and by its time where it is shorter', () => {
  expect(intervalLabel('2012-03-01T00:00:00Z', '2012-03-02T00:00:00Z', 'UTC')).toBe('Thu 1 Mar 2012');
  expect(intervalLabel('2012-03-01T06:00:00Z', '2012-03-01T12:00:00Z', 'UTC')).toBe('Thu 1 Mar 2012, 06:00');
});
