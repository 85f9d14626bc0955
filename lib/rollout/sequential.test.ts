import { describe, expect, it } from 'vitest';
import { alwaysValid, halfWidth, tuning } from './sequential';

describe('the always-valid interval', () => {
  it('is tuned to its size', () => {
    expect(tuning(5_000)).toBeCloseTo(0.0398401, 7);
  });
  it.each([
    [500, 0.1724],
    [5_000, 0.04292],
    [50_000, 0.0145],
  ])('at %i units with variance 1 is half as wide as %f', (units, expected) => {
    expect(halfWidth(1 / Math.sqrt(units), units)).toBeCloseTo(expected, 5);
  });
  it('is without end when nothing was seen', () => {
    expect(alwaysValid(0, 1, 0)).toEqual({ low: -Infinity, high: Infinity });
  });
  it('rarely calls a difference between equal arms, however often one looks', () => {
    let state = 42;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const trials = 300;
    let called = 0;
    for (let trial = 0; trial < trials; trial++) {
      const errors = [0, 0];
      let wrong = false;
      for (let look = 1; look <= 30 && !wrong; look++) {
        for (let i = 0; i < 200; i++) if (random() < 0.03) errors[i % 2]!++;
        const n = look * 100;
        const [a, b] = errors.map((count) => count / n) as [number, number];
        const { low, high } = alwaysValid(a - b, Math.sqrt((a * (1 - a) + b * (1 - b)) / n), 2 * n);
        wrong = low > 0 || high < 0;
      }
      if (wrong) called++;
    }
    expect(called / trials).toBeLessThan(0.05);
  });
});
