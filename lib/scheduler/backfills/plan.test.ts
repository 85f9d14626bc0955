import { describe, expect, it } from 'vitest';
import { timetable } from '../fires/timetable';
import { instant, intervalsOf } from './intervals';
import { decideAction, planItems, refuseByPast } from './plan';
import { planBody, REPROCESS } from './schema';

const now = new Date('2026-02-01T00:00:00Z');
const daily = { table: timetable({ every: 'P1D', start: '2026-01-01' }), zone: 'UTC' };

describe('the matrix', () => {
  it.each([
    [null, 'create', 'create', 'create'],
    ['queued', 'skip', 'skip', 'skip'],
    ['running', 'skip', 'skip', 'skip'],
    ['failed', 'skip', 'rerun', 'rerun'],
    ['cancelled', 'skip', 'rerun', 'rerun'],
    ['succeeded', 'skip', 'skip', 'rerun'],
  ])('%s: none %s, failed %s, completed %s', (state, ...expected) => {
    expect(REPROCESS.map((reprocess) => decideAction(state === null ? null : { state }, reprocess).action)).toEqual(expected);
  });

  it.each([
    [null, 'no run'],
    ['running', 'in flight'],
    ['failed', 'exists, failed'],
    ['succeeded', 'exists, succeeded'],
  ])('says why: %s, %s', (state, reason) => expect(decideAction(state === null ? null : { state }, 'none').reason).toBe(reason));
});

describe('the plan', () => {
  const intervals = intervalsOf({ from: '2026-01-01', to: '2026-01-03' }, daily, now);
  const run = (state: string, version = 1) => ({ id: 'x', state, version });
  const facts = { version: 3, missing: new Map<number, string[]>(), estimateSeconds: 12, newest: new Map([[Date.UTC(2026, 0, 2), run('failed')], [Date.UTC(2026, 0, 3), run('succeeded', 2)]]) };
  const request = { reprocess: 'failed', order: 'forward', version: 'own' } as const;

  it('gives a run that is made anew the newest version, one that is rerun its own, and an estimate to work only', () => {
    expect(planItems(intervals, request, facts).map((i) => [i.action, i.version, i.estimateSeconds])).toEqual([['create', 3, 12], ['rerun', 1, 12], ['skip', 2, undefined]]);
    expect(planItems(intervals, { ...request, version: 'newest' }, facts).map((i) => i.version)).toEqual([3, 3, 2]);
  });

  it('goes from last to first', () => {
    expect(planItems(intervals, { ...request, order: 'reverse' }, facts).map((i) => i.intervalStart.getUTCDate())).toEqual([3, 2, 1]);
  });

  it('skips an interval whose outside results are gone', () => {
    const missing = new Map([[Date.UTC(2026, 0, 1), ['load']]]);
    expect(planItems(intervals, request, { ...facts, missing })[0]).toMatchObject({ action: 'skip', reason: 'no output of load is kept for this interval' });
  });

  it.each([
    [{ order: 'reverse', reprocess: 'failed' }, ['order']],
    [{ order: 'forward', reprocess: 'none' }, ['reprocess']],
    [{ order: 'reverse', reprocess: 'none' }, ['order', 'reprocess']],
  ] as const)('a pipeline that depends on its past refuses %j', (given, paths) => {
    expect(() => refuseByPast({ dependsOnPast: true }, given)).toThrow(expect.objectContaining({ code: 'invalid', issues: paths.map((path) => expect.objectContaining({ path }) as object) }) as Error);
    expect(() => refuseByPast({}, given)).not.toThrow();
  });
});

describe('the intervals', () => {
  const starts = (given: Parameters<typeof intervalsOf>[0], schedule: typeof daily | null = daily) => intervalsOf(given, schedule, now).map(({ start }) => start.toISOString().slice(0, 13));

  it('both ends are included, and what has not ended is left out', () => {
    expect(starts({ from: '2026-01-30', to: '2026-02-05' })).toEqual(['2026-01-30T00', '2026-01-31T00']);
    expect(starts({ from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' })).toEqual(['2026-01-02T00', '2026-01-03T00']);
  });

  it('a date is the whole day in the schedule’s zone', () => {
    const hourly = { table: timetable({ every: 'PT6H', zone: 'America/New_York', start: '2026-01-01' }), zone: 'America/New_York' };
    expect(starts({ from: '2026-01-10', to: '2026-01-10' }, hourly)).toEqual(['2026-01-10T05', '2026-01-10T11', '2026-01-10T17', '2026-01-10T23']);
    expect(instant('2026-03-08', 'America/New_York', true).toISOString()).toBe('2026-03-09T03:59:59.999Z');
  });

  it.each([
    ['from after to', { from: '2026-01-05', to: '2026-01-01' }, daily, 'to', 'The range ends before it begins'],
    ['nothing has ended', { from: '2026-03-05', to: '2026-03-06' }, daily, 'to', 'has ended yet'],
    ['no schedule', { from: '2026-01-05', to: '2026-01-06' }, null, 'from', 'has no schedule'],
    ['none starts there', { intervals: ['2026-01-05', '2026-01-05T03:00:00Z'] }, daily, 'intervals[1]', 'No interval of the schedule starts at'],
    ['a named one has not ended', { intervals: ['2026-02-05'] }, daily, 'intervals', 'has ended yet'],
    ['too many', { from: '1900-01-01', to: '2026-01-01' }, { table: timetable({ every: 'PT1H', start: '1990-01-01' }), zone: 'UTC' }, 'to', 'more than 10,000'],
  ] as const)('refused: %s', (_, given, schedule, path, words) => {
    expect(() => intervalsOf(given as never, schedule, now)).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(words) as string, issues: [expect.objectContaining({ path })] }) as Error);
  });

  it('without a schedule a named interval lasts until the next, at most a day', () => {
    const found = intervalsOf({ intervals: ['2026-01-05', '2026-01-05T06:00:00Z'] }, null, now);
    expect(found.map(({ end }) => end.toISOString().slice(0, 13))).toEqual(['2026-01-05T06', '2026-01-06T06']);
  });
});

it.each([
  [{}, 'from'],
  [{ from: '2026-01-01' }, 'to'],
  [{ from: '2026-01-01', to: '2026-01-02', intervals: ['2026-01-01'] }, 'intervals'],
  [{ from: 'yesterday', to: '2026-01-02' }, 'from'],
  [{ intervals: [] }, 'intervals'],
  [{ intervals: ['2026-01-01'], maxActiveRuns: 0 }, 'maxActiveRuns'],
])('%j is refused at %s', (body, path) => {
  expect(planBody.safeParse(body).error?.issues[0]?.path[0]).toBe(path);
});
