import { describe, expect, it } from 'vitest';
import { chiSquareQuantile, chiSquareTail } from './chi-square';

describe('chi-square', () => {
  // printed tables (five digits), and SciPy 1.17: chi2.ppf, chi2.sf
  it.each([
    [0.95, 1, 3.841458820694124],
    [0.95, 9, 16.918977604620448],
    [0.95, 20, 31.410432844230918],
    [0.99, 9, 21.665994333461924],
    [0.5, 9, 8.342832692252955],
    [0.95, 100, 124.34211340400407],
  ])('quantile %d with %d degrees of freedom', (p, df, value) => {
    expect(chiSquareQuantile(p, df)).toBeCloseTo(value, 8);
  });

  it.each([
    [16.918977604620448, 9, 0.05],
    [5, 9, 0.8343082601934075],
    [9.9009900990099, 9, 0.3585599957539039],
    [200, 9, 3.312992393909567e-38],
    [0, 9, 1],
  ])('tail above %d with %d degrees of freedom', (x, df, value) => {
    expect(Math.abs(chiSquareTail(x, df) / value - 1)).toBeLessThan(1e-9);
  });

  it('is certain of nothing without degrees of freedom', () => {
    expect(chiSquareTail(3, 0)).toBe(1);
    expect(chiSquareQuantile(0.95, 0)).toBe(0);
  });
});
