import { expect, it } from 'vitest';
import type { LogLine } from '@/lib/observability';
import { LogPages, PAGE_LINES } from './log-pages';

const line = (n: number, text = `line ${n}`): LogLine => ({
  n,
  at: '2026-01-01T00:00:00.000Z',
  stream: 'stdout',
  text,
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i));

it('asks only for what is in sight and not known', () => {
  const pages = new LogPages();
  expect(pages.gaps(1, 40, 100_000)).toEqual([{ after: 0, limit: PAGE_LINES }]);
  pages.put(lines(1, PAGE_LINES));
  expect(pages.gaps(1, 40, 100_000)).toEqual([]);
  expect(pages.gaps(490, 520, 100_000)).toEqual([{ after: 500, limit: 500 }]);
  expect(pages.gaps(70_000, 70_040, 100_000)).toEqual([
    { after: 69_500, limit: 500 },
    { after: 70_000, limit: 500 },
  ]);
});

it('asks only for the new lines of a log that grows', () => {
  const pages = new LogPages();
  pages.put(lines(1, 120));
  expect(pages.gaps(100, 120, 120)).toEqual([]);
  expect(pages.gaps(100, 130, 130)).toEqual([{ after: 120, limit: 380 }]);
  pages.put(lines(121, 130));
  expect(pages.line(130)?.text).toBe('line 130');
  expect(pages.line(131)).toBeUndefined();
});

it('marks an error with the indented lines under it, and warnings', () => {
  const pages = new LogPages();
  pages.put([
    line(1, 'all well'),
    line(2, 'ValueError: no'),
    line(3, '  LINE 5: x'),
    line(4, '     ^'),
    line(5, 'rolled back'),
    line(6, 'Warning: slow'),
  ]);
  expect([1, 2, 3, 4, 5, 6].map((n) => pages.tone(n))).toEqual([
    null,
    'error',
    'error',
    'error',
    null,
    'warn',
  ]);
});

it('asks again for the lines before a tail that was read on its own', () => {
  const pages = new LogPages();
  pages.put(lines(901, 905));
  expect(pages.gaps(880, 905, 905)).toEqual([{ after: 500, limit: 500 }]);
});
