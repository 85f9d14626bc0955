import { expect, it } from 'vitest';
import { healthOf, usualMs, type PastRun } from './health';

let n = 0;
const run = (state: string, seconds: number | null = 30): PastRun => ({
  id: String(n++),
  state,
  startedAt: '2001-04-19T06:00:00Z',
  finishedAt: seconds === null ? null : new Date(Date.parse('2001-04-19T06:00:00Z') + seconds * 1000),
});

it('says what a pipeline without runs lacks', () => {
  expect(healthOf([], false).text).toBe('Not published yet');
  expect(healthOf([], true).text).toBe('Published, not run yet');
});

it('counts failures in a row before shares', () => {
  expect(healthOf([run('failed'), run('succeeded'), run('succeeded')], true)).toEqual({
    state: 'failed',
    text: 'Failed, 2 of the last 3 succeeded',
  });
  expect(healthOf([run('failed'), run('failed'), run('succeeded')], true).text).toBe(
    'Failed 2 times in a row',
  );
});

it('names the usual duration while one runs, and a run that was much slower', () => {
  const past = [run('succeeded', 30), run('succeeded', 38), run('succeeded', 40)];
  expect(usualMs(past)).toBe(38_000);
  expect(healthOf([run('running', null), ...past], true)).toEqual({
    state: 'running',
    text: 'Runs now, usually 38 s',
  });
  expect(healthOf([run('succeeded', 120), ...past], true).text).toBe('Slower than usual: 2 m against 40 s');
});

it('is content when all is well', () => {
  expect(healthOf([run('succeeded'), run('succeeded')], true).text).toBe('Good, all of the last 2 succeeded');
});
