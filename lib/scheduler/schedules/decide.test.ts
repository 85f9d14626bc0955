import { describe, expect, it } from 'vitest';
import { timetable, type Interval } from '../fires/timetable';
import { decideFires, dueIntervals, nextInterval, OVERLAPS, type Overlap, type Policy } from './decide';

const at = (text: string) => new Date(`2026-${text}Z`);
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const days = timetable({ every: 'P1D', start: '2026-01-01' });
const policy = (given: Partial<Policy> = {}): Policy => ({ catchup: false, catchupWindowSeconds: null, overlap: 'skip', ...given });
const starts = (intervals: Interval[]) => intervals.map(({ start }) => start.toISOString().slice(5, 16));

describe('which intervals are due', () => {
  it.each([
    ['nothing has ended yet', {}, null, '01-01T23:59:59', []],
    ['the first one ends', {}, null, '01-02T00:00', ['01-01T00:00']],
    ['without catchup the newest alone, the first time', {}, null, '01-06T12:00', ['01-05T00:00']],
    ['and after a pause', {}, day(2), '01-06T12:00', ['01-05T00:00']],
    ['which is done already', {}, day(6), '01-06T12:00', []],
    ['with catchup every one from the start', { catchup: true }, null, '01-04T12:00', ['01-01T00:00', '01-02T00:00', '01-03T00:00']],
    ['and after a pause from where it stood', { catchup: true }, day(3), '01-05T00:00', ['01-03T00:00', '01-04T00:00']],
    ['within a window', { catchup: true, catchupWindowSeconds: 2 * 86_400 }, null, '01-10T12:00', ['01-08T00:00', '01-09T00:00']],
  ] as const)('%s', (_, given, coveredUntil, now, expected) => {
    expect(starts(dueIntervals(days, policy(given), coveredUntil, at(now)))).toEqual(expected);
  });

  it('jitter delays an interval, and lets an older one stay the newest until then', () => {
    const jitter = () => 3_600_000;
    expect(starts(dueIntervals(days, policy(), null, at('01-06T00:59'), jitter))).toEqual(['01-04T00:00']);
    expect(starts(dueIntervals(days, policy(), null, at('01-06T01:00'), jitter))).toEqual(['01-05T00:00']);
  });

  it('with catchup and no start there is nothing to catch up the first time', () => {
    const hourly = timetable({ cron: '0 * * * *' });
    expect(starts(dueIntervals(hourly, policy({ catchup: true }), null, at('03-01T10:30')))).toEqual(['03-01T09:00']);
  });

  it('takes up a long past in parts', () => {
    const minutes = timetable({ every: 'PT1M', start: '2020-01-01' });
    const found = dueIntervals(minutes, policy({ catchup: true }), null, at('01-01T00:00'));
    expect([found.length, found[0]!.start.toISOString()]).toEqual([200, '2020-01-01T00:00:00.000Z']);
  });

  it.each([
    ['the day of 23 hours', '2026-03-29T00:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['the day of 25 hours', '2026-10-24T18:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ])('a daily interval in Berlin covers %s whole', (_, from, start, end) => {
    const berlin = timetable({ cron: '0 0 * * *', zone: 'Europe/Berlin' });
    const due = dueIntervals(berlin, policy(), null, new Date(new Date(from).getTime() + 36 * 3_600_000));
    expect(due.map((i) => [i.start.toISOString(), i.end.toISOString()])).toEqual([[start, end]]);
  });

  it('a fire in the hour that a clock change leaves out is made up once, and intervals still touch', () => {
    const berlin = timetable({ cron: '30 2 * * *', zone: 'Europe/Berlin', start: '2026-03-27' });
    const due = dueIntervals(berlin, policy({ catchup: true }), null, at('03-31T12:00'));
    expect(due.map((i) => i.end.toISOString().slice(5, 16))).toEqual(['03-28T01:30', '03-29T01:00', '03-30T00:30', '03-31T00:30']);
    due.slice(1).forEach((interval, i) => expect(interval.start).toEqual(due[i]!.end));
  });
});

describe('runs that meet', () => {
  const one: Interval = { start: day(5), end: day(6) };
  const three: Interval[] = [2, 3, 4].map((n) => ({ start: day(n), end: day(n + 1) }));
  const decide = (overlap: Overlap, given: { due: Interval[]; active?: number; waiting?: number[]; covered?: number[] }) => {
    const fires = decideFires(days, policy({ overlap }), { coveredUntil: day(2), waiting: (given.waiting ?? []).map(day) }, given.due, given.active ?? 0, ({ start }) =>
      (given.covered ?? []).some((n) => day(n).getTime() === start.getTime()),
    );
    return { make: starts(fires.make), waits: fires.after.waiting.map((d) => d.getUTCDate()), over: starts(fires.passedOver.map((p) => p.interval)), cancels: fires.cancelOthers };
  };

  it.each(OVERLAPS)('%s: a due interval runs when nothing is under way', (overlap) => {
    expect(decide(overlap, { due: [one] })).toEqual({ make: ['01-05T00:00'], waits: [], over: [], cancels: false });
  });

  it.each([
    ['skip', { make: [], waits: [], over: ['01-05T00:00'], cancels: false }],
    ['buffer_one', { make: [], waits: [5], over: [], cancels: false }],
    ['buffer_all', { make: [], waits: [5], over: [], cancels: false }],
    ['cancel_other', { make: ['01-05T00:00'], waits: [], over: [], cancels: true }],
    ['allow_all', { make: ['01-05T00:00'], waits: [], over: [], cancels: false }],
  ] as const)('%s: while one is under way', (overlap, expected) => {
    expect(decide(overlap, { due: [one], active: 1 })).toEqual(expected);
  });

  it.each([
    ['buffer_one', { make: [], waits: [4], over: ['01-05T00:00'], cancels: false }],
    ['buffer_all', { make: [], waits: [4, 5], over: [], cancels: false }],
    ['cancel_other', { make: ['01-05T00:00'], waits: [], over: ['01-04T00:00'], cancels: true }],
    ['allow_all', { make: ['01-04T00:00', '01-05T00:00'], waits: [], over: [], cancels: false }],
  ] as const)('%s: while one is under way and another waits', (overlap, expected) => {
    expect(decide(overlap, { due: [one], active: 1, waiting: [4] })).toEqual(expected);
  });

  it.each(['skip', 'buffer_one', 'buffer_all', 'cancel_other'] as const)('%s: missed intervals are caught up one after another', (overlap) => {
    expect(decide(overlap, { due: three })).toEqual({ make: ['01-02T00:00'], waits: [3, 4], over: [], cancels: false });
    expect(decide(overlap, { due: [], active: 1, waiting: [3, 4] })).toEqual({ make: [], waits: [3, 4], over: [], cancels: false });
    expect(decide(overlap, { due: [], waiting: [3, 4] })).toEqual({ make: ['01-03T00:00'], waits: [4], over: [], cancels: false });
  });

  it('allow_all catches up at once', () => {
    expect(decide('allow_all', { due: three, active: 1 }).make).toHaveLength(3);
  });

  it('an interval that a run covers already is passed over', () => {
    expect(decide('skip', { due: three, covered: [2, 4] })).toEqual({ make: ['01-03T00:00'], waits: [], over: ['01-02T00:00', '01-04T00:00'], cancels: false });
  });

  it('what is due is done with, whatever becomes of it', () => {
    const fires = decideFires(days, policy(), { coveredUntil: day(2), waiting: [] }, [one], 1, () => false);
    expect(fires.after).toEqual({ coveredUntil: day(6), waiting: [] });
    expect(fires.passedOver[0]!.why).toBe('The run before had not ended.');
  });
});

it.each([
  ['where it stands', day(3), at('01-05T12:00'), day(3), day(4)],
  ['nothing done yet', null, at('01-05T12:00'), day(5), day(6)],
  ['before its start', null, new Date('2025-12-01T00:00:00Z'), day(1), day(2)],
])('the next interval: %s', (_, coveredUntil, now, start, end) => {
  expect(nextInterval(days, coveredUntil, now)).toEqual({ start, end });
});
