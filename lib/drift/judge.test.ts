import { describe, expect, it } from 'vitest';
import { judge, verdictOf, type Counted } from './judge';
import { type ProfileFeature, type Verdict } from './schema';

const reference = (name: string, counts = [0, 5000, 5000, 0, 0]): ProfileFeature => ({ kind: 'numeric', edges: [0, 5, 10], name, role: 'input', counts, rows: 10_000 });
const day = (n: number) => new Date(Date.UTC(2001, 0, n));
const window = (n: number, counts: number[], total: number | null = null): Counted => ({ window: day(n), counts, rows: counts.reduce((a, b) => a + b, 0), total });
const SAME = [0, 500, 500, 0, 0];
const MOVED = [0, 200, 800, 0, 0];
const SLIGHT = [0, 440, 560, 0, 0];

describe('verdicts', () => {
  it.each<[number | null, number | null, Verdict | null, Verdict]>([
    [null, null, null, 'too_few_rows'],
    [0.5, null, null, 'too_few_rows'],
    [0.5, 0.2, 'drifted', 'chance'],
    [0.5, 0.05, null, 'chance'],
    [0.0999, 1e-9, 'drifted', 'small'],
    [0.1, 1e-9, null, 'moved'],
    [0.3, 0.01, 'small', 'moved'],
    [0.3, 0.01, 'moved', 'drifted'],
    [0.3, 0.01, 'drifted', 'drifted'],
  ])('index %s, chance %s, after %s: %s', (index, chance, before, verdict) => {
    expect(verdictOf(index, chance, before)).toBe(verdict);
  });

  it('one window moved, two drifted, and a window with few rows in between does not start anew', () => {
    const [judged] = judge([{ feature: reference('a'), windows: [window(1, SAME), window(2, MOVED), window(3, [0, 2, 8, 0, 0]), window(4, MOVED), window(5, SLIGHT), window(6, MOVED)] }]);
    expect(judged?.series.map((point) => point.verdict)).toEqual(['chance', 'moved', 'too_few_rows', 'drifted', 'small', 'moved']);
    expect(judged?.series[2]).toMatchObject({ rows: 10, chance: null });
    expect(judged?.series[2]?.psi).toBeGreaterThan(0.1);
  });

  it('a chance that holds alone may not hold among many features', () => {
    const edge = [0, 466, 534, 0, 0];
    const alone = judge([{ feature: reference('a'), windows: [window(1, edge)] }]);
    const among = judge([{ feature: reference('a'), windows: [window(1, edge)] }, ...Array.from({ length: 9 }, (_, i) => ({ feature: reference(`b${i}`), windows: [window(1, SAME)] }))]);
    expect(alone[0]?.series[0]?.verdict).toBe('small');
    expect(among[0]?.series[0]?.verdict).toBe('chance');
    expect(among[0]?.series[0]?.chance).toBeCloseTo(10 * (alone[0]?.series[0]?.chance ?? 0), 12);
  });

  it('the mean leaves out rows without a value, and an empty window knows nothing', () => {
    const [judged] = judge([{ feature: reference('a'), windows: [window(1, [0, 2, 2, 0, 4], 12), window(2, [0, 0, 0, 0, 0])] }]);
    expect(judged?.series[0]?.mean).toBe(3);
    expect(judged?.series[1]).toMatchObject({ rows: 0, psi: null, band: null, mean: null, verdict: 'too_few_rows' });
  });
});
