import { describe, expect, it } from 'vitest';
import { chanceBand, chanceOf, jensenShannon, lInfinity, psi, shareBand } from './distance';

/** `rows` rows spread evenly over `bins` bins. */
const even = (bins: number, rows: number) => Array.from({ length: bins }, () => rows / bins);

describe('distances of two sets of counts', () => {
  it('agree with NumPy and SciPy', () => {
    const [p, q] = [[50, 30, 20], [400, 400, 200]];
    expect(psi(p, q)).toBeCloseTo(0.05108256237659909, 12);
    expect(psi(q, p)).toBeCloseTo(psi(p, q), 12);
    expect(jensenShannon(p, q)).toBeCloseTo(0.09584323377689244, 12);
    expect(lInfinity(p, q)).toBeCloseTo(0.1, 12);
  });

  it('are zero for equal shares, and one bin emptied is floored, not infinite', () => {
    expect([psi([10, 20], [100, 200]), jensenShannon([1, 2], [10, 20]), lInfinity([1, 2], [10, 20])]).toEqual([0, 0, 0]);
    expect(psi([100, 0], [0, 100])).toBeCloseTo(2 * (1 - 1e-4) * Math.log(1e4), 9);
    expect(jensenShannon([100, 0], [0, 100])).toBe(1);
  });

  it('say nothing without rows', () => {
    expect(psi([1, 2], [0, 0])).toBe(0);
    expect(chanceBand([1, 2], [0, 0])).toBe(Infinity);
    expect(chanceOf(3, [1, 2], [0, 0])).toBe(1);
    expect(shareBand(0.2, 100, 0)).toEqual([0, 1]);
  });
});

describe('the index without drift', () => {
  it.each([
    [500, 500, 0.0677],
    [10_000, 200, 0.0863],
  ])('ten bins, %d reference rows, %d rows: 95 %% stay below %d', (n, m, band) => {
    expect(chanceBand(even(10, n), even(10, m))).toBeCloseTo(band, 4);
  });

  it.each([
    [10_000, 0.36],
    [100, 0.83],
  ])('with 100 rows against %d it exceeds 0.1 in a share of %d of windows', (n, share) => {
    expect(chanceOf(0.1, even(10, n), even(10, 100))).toBeCloseTo(share, 2);
  });

  it('bins that are empty on both sides take no part', () => {
    expect(chanceBand([...even(10, 500), 0, 0], [...even(10, 500), 0, 0])).toBe(chanceBand(even(10, 500), even(10, 500)));
  });

  it('stays inside the band in about 95 of 100 simulated windows', () => {
    let seed = 12345;
    const random = () => (seed = (seed * 1664525 + 1013904223) % 4294967296) / 4294967296;
    const reference = even(10, 10_000);
    let inside = 0;
    for (let window = 0; window < 2000; window += 1) {
      const counts = new Array<number>(10).fill(0);
      for (let row = 0; row < 500; row += 1) {
        const bin = Math.floor(random() * 10);
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      if (psi(reference, counts) <= chanceBand(reference, counts)) inside += 1;
    }
    expect(inside / 2000).toBeGreaterThan(0.93);
  });

  it('a share keeps to its own band', () => {
    const [low, high] = shareBand(0.5, 1e9, 100);
    expect([low, high].map((x) => Math.round(x * 1000) / 1000)).toEqual([0.402, 0.598]);
  });
});
