import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatDay, formatDuration, formatExact, formatTime, plural } from './format';

const now = new Date('2001-04-19T14:06:00Z');

describe('times', () => {
  it('shows only the clock for today in the chosen zone', () => {
    expect(formatTime(new Date('2001-04-19T06:14:00Z'), 'UTC', now)).toBe('06:14');
    expect(formatTime(new Date('2001-04-18T22:30:00Z'), 'Europe/Berlin', now)).toBe('00:30');
  });
  it('adds the day, and the year only when it is another one', () => {
    expect(formatTime(new Date('2001-04-17T06:00:00Z'), 'UTC', now)).toBe('17 Apr 06:00');
    expect(formatDay(new Date('1999-12-31T06:00:00Z'), 'UTC', now)).toBe('31 Dec 1999');
  });
  it('gives the exact moment with its zone', () => {
    expect(formatExact(new Date('2001-04-19T14:06:03.250Z'), 'UTC')).toBe('2001-04-19 14:06:03.250 UTC');
    expect(formatExact(new Date('2001-04-19T14:06:03Z'), 'America/New_York')).toBe(
      '2001-04-19 10:06:03.000 America/New York',
    );
  });
  it('says how long ago or how soon', () => {
    expect(formatAgo(new Date(now.getTime() - 4 * 60_000), now)).toBe('4 m ago');
    expect(formatAgo(new Date(now.getTime() + 2 * 3_600_000), now)).toBe('in 2 h');
    expect(formatAgo(now, now)).toBe('just now');
  });
});

describe('durations', () => {
  it.each([
    [42, '42 ms'],
    [400, '0.4 s'],
    [9_960, '10 s'],
    [59_600, '1 m'],
    [200_000, '3 m 20 s'],
    [7_500_000, '2 h 05 m'],
    [99 * 3_600_000, '4 d 03 h'],
  ])('%i ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('amounts', () => {
  it('counts bytes and things in words', () => {
    expect(formatBytes(812)).toBe('812 B');
    expect(formatBytes(1_400_000)).toBe('1.4 MB');
    expect(formatBytes(999_600)).toBe('1.0 MB');
    expect(plural(1, 'run')).toBe('1 run');
    expect(plural(1204, 'run')).toBe('1,204 runs');
  });
});
