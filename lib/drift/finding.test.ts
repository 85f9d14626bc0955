import { expect, test } from 'vitest';
import { findingOf, latestOf, windowName } from './finding';
import { type DriftPoint, type DriftSeries, type Verdict } from './schema';

const point = (verdict: Verdict, psi: number, window = '2001-06-01T00:00:00.000Z'): DriftPoint => ({ window, rows: 4000, psi, band: 0.004, chance: 0.001, verdict, mean: null });
const feature = (name: string, ...series: DriftPoint[]): DriftSeries => ({ name, kind: 'numeric', importance: null, series });

test.each([
  [[feature('hour', point('moved', 0.2), point('drifted', 0.3)), feature('origin', point('drifted', 0.12)), feature('x', point('small', 0.05))], 'hour and origin drifted: hour most in June 2001 (PSI 0.300, chance alone stays under 0.004), and the window before, too.'],
  [[feature('hour', point('moved', 0.2))], 'hour moved in June 2001 (hour: PSI 0.200, chance alone stays under 0.004). One more month like it and it counts as drifted.'],
  [[feature('hour', point('drifted', 0.3), point('small', 0.02)), feature('y', point('chance', 0.0001))], 'No drift: 1 of 2 changed measurably in June 2001, none by enough to matter (largest PSI 0.020 of 0.1).'],
  [[feature('y', point('chance', 0.0001)), feature('z', point('chance', 0))], 'No drift: in June 2001 all 2 stay within what chance explains (largest PSI less than 0.001).'],
  [[feature('y', point('too_few_rows', 0.5))], 'No verdict yet: no window has 200 rows. Wait for more predictions, or choose a longer window.'],
  [[feature('y')], 'No predictions have been counted in this span.'],
])('finding %#', (features, sentence) => {
  expect(findingOf(features, 'month', 200)).toBe(sentence);
});

test('the last window with enough rows counts, the worst feature first', () => {
  const last = latestOf([feature('a', point('small', 0.05), point('too_few_rows', 2)), feature('b', point('chance', 0.5)), feature('c', point('small', 0.09)), feature('d')]);
  expect(last.map((each) => each.feature)).toEqual(['c', 'a', 'b']);
});

test('windows have names', () => {
  expect(['hour', 'day', 'week', 'month'].map((grain) => windowName('2001-02-26T00:00:00Z', grain as 'hour'))).toEqual(['the hour from 26 Feb 2001 00:00', '26 Feb 2001', 'the week 26 Feb 2001 to 4 Mar 2001', 'February 2001']);
});
