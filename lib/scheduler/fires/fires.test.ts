import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from './cron';
import { admitsDate } from './cron-fires';
import { clockChanges } from './clock-change';
import { intervalFrom, intervalsBetween, latestInterval, timesAfter, timetable, type ScheduleTimes } from './timetable';
import { instantOf, wallAt } from './wall-clock';

const fires = (times: ScheduleTimes, after: string, count: number) =>
  timesAfter(timetable(times), new Date(after), count).map((at) => at.toISOString().replace(':00.000Z', 'Z'));

describe('cron at the changes of the clocks', () => {
  it.each<[string, ScheduleTimes, string, string[]]>([
    ['Berlin, gap: 02:30 does not exist on 29 March and fires at 03:00', { cron: '30 2 * * *', zone: 'Europe/Berlin' }, '2026-03-28T00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['Berlin, gap: two readings inside it are one fire', { cron: '15,45 2 * * *', zone: 'Europe/Berlin' }, '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:15Z', '2026-03-30T00:45Z']],
    ['Berlin, gap: a reading inside it and the one at its end are one fire', { cron: '30 2,3 * * *', zone: 'Europe/Berlin' }, '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z']],
    ['Berlin, overlap: 02:30 fires once, the first time', { cron: '30 2 * * *', zone: 'Europe/Berlin' }, '2026-10-24T12:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['Berlin, frequent, gap: nothing is made up', { cron: '30 * * * *', zone: 'Europe/Berlin' }, '2026-03-29T00:00Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:30Z']],
    ['Berlin, frequent, overlap: both passes count', { cron: '30 * * * *', zone: 'Europe/Berlin' }, '2026-10-25T00:00Z',
      ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z']],
    ['Berlin, every second hour is not frequent', { cron: '0 */2 * * *', zone: 'Europe/Berlin' }, '2026-10-24T21:00Z',
      ['2026-10-24T22:00Z', '2026-10-25T00:00Z', '2026-10-25T03:00Z']],
    ['Berlin, */15 2 is not frequent', { cron: '*/15 2 * * *', zone: 'Europe/Berlin' }, '2026-10-24T22:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:15Z', '2026-10-25T00:30Z', '2026-10-25T00:45Z', '2026-10-26T01:00Z']],
    ['New York, gap', { cron: '30 2 * * *', zone: 'America/New_York' }, '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    ['New York, overlap', { cron: '30 1 * * *', zone: 'America/New_York' }, '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['Lord Howe, gap of half an hour', { cron: '15 2 * * *', zone: 'Australia/Lord_Howe' }, '2026-10-02T20:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
    ['Lord Howe, overlap of half an hour, frequent', { cron: '*/15 * * * *', zone: 'Australia/Lord_Howe' }, '2026-04-04T14:30Z',
      ['2026-04-04T14:45Z', '2026-04-04T15:00Z', '2026-04-04T15:15Z']],
    ['Lord Howe, overlap: 01:45 fires once', { cron: '45 1 * * *', zone: 'Australia/Lord_Howe' }, '2026-04-04T00:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
    ['Kolkata, no change', { cron: '0 6 * * *', zone: 'Asia/Kolkata' }, '2026-03-28T12:00Z', ['2026-03-29T00:30Z', '2026-03-30T00:30Z']],
    ['Apia, a skipped day: its fire comes as the next day begins', { cron: '0 6 * * *', zone: 'Pacific/Apia' }, '2011-12-29T00:00Z',
      ['2011-12-29T16:00Z', '2011-12-30T10:00Z', '2011-12-30T16:00Z', '2011-12-31T16:00Z']],
    ['Apia, a skipped day at midnight is one fire', { cron: '0 0 * * *', zone: 'Pacific/Apia' }, '2011-12-29T09:00Z', ['2011-12-29T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z']],
    ['Apia, frequent: nothing is made up for the day', { cron: '0 * * * *', zone: 'Pacific/Apia' }, '2011-12-30T08:30Z', ['2011-12-30T09:00Z', '2011-12-30T10:00Z']],
    ['São Paulo, a gap at midnight', { cron: '0 0 * * *', zone: 'America/Sao_Paulo' }, '2018-11-03T12:00Z', ['2018-11-04T03:00Z', '2018-11-05T02:00Z']],
    ['São Paulo, an overlap before midnight', { cron: '30 23 * * *', zone: 'America/Sao_Paulo' }, '2019-02-16T12:00Z', ['2019-02-17T01:30Z', '2019-02-18T02:30Z']],
  ])('%s', (_, times, after, expected) => expect(fires(times, after, expected.length)).toEqual(expected));
});

describe('days', () => {
  it.each<[string, string, string[]]>([
    ['day of month or day of week, when both are restricted', '0 0 13 * 5', ['2026-02-06T00:00Z', '2026-02-13T00:00Z', '2026-02-20T00:00Z', '2026-02-27T00:00Z', '2026-03-06T00:00Z', '2026-03-13T00:00Z']],
    ['day of week alone', '0 0 * * 7', ['2026-02-01T00:00Z', '2026-02-08T00:00Z']],
    ['a day field that admits every value does not restrict', '0 0 1-31 * 1', ['2026-02-02T00:00Z', '2026-02-09T00:00Z']],
    ['a weekday field that admits every value does not restrict', '0 0 15 * 0-6', ['2026-02-15T00:00Z', '2026-03-15T00:00Z']],
    ['ranges that reach Sunday as 7', '0 0 * * 6-7', ['2026-02-01T00:00Z', '2026-02-07T00:00Z', '2026-02-08T00:00Z']],
    ['names', '0 6 * FEB MON-FRI', ['2026-02-02T06:00Z', '2026-02-03T06:00Z']],
    ['a leap day', '0 0 29 2 *', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['a nickname', '@monthly', ['2026-02-01T00:00Z', '2026-03-01T00:00Z']],
  ])('%s', (_, cron, expected) => expect(fires({ cron }, '2026-01-31T12:00Z', expected.length)).toEqual(expected));

  it.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', '0 0 ? * 1', '@reboot', '61 * * * *', '* * * *'])('refuses %s with a sentence', (cron) =>
    expect(() => timetable({ cron })).toThrow(/The cron expression/));
});

describe('durations', () => {
  it.each<[string, ScheduleTimes, string, string[]]>([
    ['a day steps the wall clock', { every: 'P1D', zone: 'Europe/Berlin', start: '2026-03-01T06:00' }, '2026-03-28T12:00Z', ['2026-03-29T04:00Z', '2026-03-30T04:00Z']],
    ['24 hours are elapsed time', { every: 'PT24H', zone: 'Europe/Berlin', start: '2026-03-01T06:00' }, '2026-03-28T12:00Z', ['2026-03-29T05:00Z', '2026-03-30T05:00Z']],
    ['a day whose hour is in the gap', { every: 'P1D', zone: 'Europe/Berlin', start: '2026-03-01T02:30' }, '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['months count from the start', { every: 'P1M', start: '2026-01-31' }, '2026-01-31T00:00Z', ['2026-02-28T00:00Z', '2026-03-31T00:00Z', '2026-04-30T00:00Z']],
    ['weeks without a start are Mondays', { every: 'P1W' }, '2026-01-01T00:00Z', ['2026-01-05T00:00Z', '2026-01-12T00:00Z']],
    ['quarters of an hour without a start', { every: 'PT15M' }, '2026-01-01T00:07Z', ['2026-01-01T00:15Z', '2026-01-01T00:30Z']],
    ['the start itself is the first', { every: 'P1D', start: '2026-05-01' }, '2020-01-01T00:00Z', ['2026-05-01T00:00Z', '2026-05-02T00:00Z']],
    ['a start with an offset is an instant', { every: 'PT1H', start: '2026-05-01T00:30:00+02:00' }, '2026-04-30T22:30Z', ['2026-04-30T23:30Z']],
    ['a cron begins with its start', { cron: '0 6 * * *', start: '2026-05-01T06:00:00Z' }, '2020-01-01T00:00Z', ['2026-05-01T06:00Z', '2026-05-02T06:00Z']],
    ['the skipped day of Apia', { every: 'P1D', zone: 'Pacific/Apia', start: '2011-12-28' }, '2011-12-29T00:00Z', ['2011-12-29T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z']],
  ])('%s', (_, times, after, expected) => expect(fires(times, after, expected.length)).toEqual(expected));

  it('refuses nothing long and an unknown zone', () => {
    expect(() => timetable({ every: 'PT0S' })).toThrow(/no duration to repeat by/);
    expect(() => timetable({ cron: '0 6 * * *', zone: 'Europe/Berln' })).toThrow(/no time zone "Europe\/Berln"/);
  });
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia', 'America/Sao_Paulo', 'UTC'];
const crons = fc.constantFrom('*/7 * * * *', '0 * * * *', '15,45 2 * * *', '30 1-3 * * *', '0 */2 * * *', '59 23 * * 0', '0 0 1,15 * 3', '5 4 29 2 *', '* * * * *');
const schedules: fc.Arbitrary<ScheduleTimes> = fc.oneof(
  fc.record({ cron: crons, zone: fc.constantFrom(...ZONES) }),
  fc.record({ every: fc.constantFrom('P1D', 'PT24H', 'PT15M', 'P1M', 'P2W', 'P1DT6H'), zone: fc.constantFrom(...ZONES), start: fc.constantFrom('2009-01-31', '2011-12-28T02:30') }),
);
const instants = fc.integer({ min: Date.UTC(2011, 0, 1) / 1000, max: Date.UTC(2027, 0, 1) / 1000 }).map((s) => new Date(s * 1000));

describe('every schedule', () => {
  it('fires strictly later than asked, in strictly growing times, and on its own readings', () => {
    fc.assert(
      fc.property(schedules, instants, (times, after) => {
        const table = timetable(times);
        const found = timesAfter(table, after, 6);
        expect(found.length).toBe(6);
        [after, ...found].reduce((a, b) => (expect(b.getTime()).toBeGreaterThan(a.getTime()), b));
        for (const at of found) expect(table.next(new Date(at.getTime() - 1))).toEqual(at);
        if (times.cron === undefined) return;
        const cron = parseCron(times.cron);
        for (const at of found) {
          const wall = wallAt(times.zone!, at.getTime());
          const shown = new Date(wall);
          const matches = admitsDate(cron, wall) && cron.hours.includes(shown.getUTCHours()) && cron.minutes.includes(shown.getUTCMinutes());
          // what does not match was leapt over: the reading just before was another offset's
          if (!matches) expect(wallAt(times.zone!, at.getTime() - 1000)).not.toBe(wall - 1000);
          if (!matches) expect(cron.frequent).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('finds going back what it finds going forth', () => {
    fc.assert(
      fc.property(schedules, instants, (times, after) => {
        const table = timetable(times);
        const found = timesAfter(table, after, 4);
        expect(table.last(found[3]!, 3)).toEqual(found.slice(1));
        expect(table.last(new Date(found[3]!.getTime() - 1), 3)).toEqual(found.slice(0, 3));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('reads each reading of a clock back from its instant, where it exists', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), instants, (zone, at) => {
        const wall = wallAt(zone, at.getTime());
        expect(wallAt(zone, instantOf(zone, wall))).toBe(wall);
        expect(instantOf(zone, wall)).toBeLessThanOrEqual(at.getTime());
      }),
    );
  });
});

describe('intervals', () => {
  const daily = timetable({ cron: '0 0 * * *' });
  const at = (text: string) => new Date(text);

  it('start at a fire and end at the next', () => {
    expect(intervalFrom(daily, at('2026-01-02T00:00Z'))).toEqual({ start: at('2026-01-02T00:00Z'), end: at('2026-01-03T00:00Z') });
    expect(intervalFrom(daily, at('2026-01-02T00:01Z'))).toBeNull();
    expect(latestInterval(daily, at('2026-01-03T00:00Z'))).toEqual({ start: at('2026-01-02T00:00Z'), end: at('2026-01-03T00:00Z') });
  });

  it('of a range include both ends and leave out what has not ended', () => {
    const starts = (from: string, to: string, now: string) => intervalsBetween(daily, at(from), at(to), at(now), 100).map((i) => i.start.toISOString().slice(0, 10));
    expect(starts('2026-01-01T00:00Z', '2026-01-03T00:00Z', '2026-02-01T00:00Z')).toEqual(['2026-01-01', '2026-01-02', '2026-01-03']);
    expect(starts('2026-01-01T00:00Z', '2026-01-03T00:00Z', '2026-01-03T23:59Z')).toEqual(['2026-01-01', '2026-01-02']);
  });
});

it('says where clocks change between two fires', () => {
  const times = timesAfter(timetable({ cron: '30 2 * * *', zone: 'Europe/Berlin' }), new Date('2026-03-28T00:00Z'), 3);
  expect([...clockChanges(times, 'Europe/Berlin')]).toEqual([[1, 'Clocks go forward by 1 hour before this one.']]);
});

describe('a calendar of days off', () => {
  const without = (times: ScheduleTimes, dates: string[], after: string, count: number) => timesAfter(timetable(times, new Set(dates)), new Date(after), count).map((at) => at.toISOString().replace(':00.000Z', 'Z'));

  it.each<[string, ScheduleTimes, string[], string, string[]]>([
    ['leaves out its dates', { cron: '0 6 * * *' }, ['2026-12-25', '2026-12-26'], '2026-12-24T00:00Z', ['2026-12-24T06:00Z', '2026-12-27T06:00Z']],
    ['by the clocks of the zone', { cron: '30 23 * * *', zone: 'America/New_York' }, ['2026-12-25'], '2026-12-25T00:00Z', ['2026-12-25T04:30Z', '2026-12-27T04:30Z']],
    ['whole days of a frequent one', { cron: '0 */12 * * *' }, ['2026-12-25'], '2026-12-24T06:00Z', ['2026-12-24T12:00Z', '2026-12-26T00:00Z']],
    ['of a duration', { every: 'P1D', start: '2026-01-01' }, ['2026-01-02', '2026-01-03'], '2026-01-01T00:00Z', ['2026-01-04T00:00Z', '2026-01-05T00:00Z']],
    ['of a day without its midnight', { cron: '0 0 * * *', zone: 'America/Sao_Paulo' }, ['2018-11-04'], '2018-11-03T12:00Z', ['2018-11-05T02:00Z', '2018-11-06T02:00Z']],
    ['that it never fires on', { cron: '0 6 * * 1' }, ['2026-12-25'], '2026-12-24T00:00Z', ['2026-12-28T06:00Z', '2027-01-04T06:00Z']],
    ['and all there are', { cron: '0 6 25 12 *' }, Array.from({ length: 60 }, (_, i) => `${2000 + i}-12-25`), '2026-01-01T00:00Z', ['2060-12-25T06:00Z', '2061-12-25T06:00Z']],
  ])('%s', (_, times, dates, after, expected) => {
    expect(without(times, dates, after, 2)).toEqual(expected);
  });

  it('lets the interval before go on over its days', () => {
    const table = timetable({ cron: '0 0 * * *' }, new Set(['2026-12-25', '2026-12-26']));
    expect(intervalsBetween(table, new Date('2026-12-23'), new Date('2026-12-28'), new Date('2026-12-29'), 9).map(({ start, end }) => `${start.getUTCDate()} to ${end.getUTCDate()}`)).toEqual(['23 to 24', '24 to 27', '27 to 28', '28 to 29']);
    expect(intervalFrom(table, new Date('2026-12-25'))).toBeNull();
    expect(latestInterval(table, new Date('2026-12-26T12:00Z'))).toEqual({ start: new Date('2026-12-23'), end: new Date('2026-12-24') });
  });
});
