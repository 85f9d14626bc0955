import { describe, expect, it } from 'vitest';
import { chiSquare, chiSquareTail, sampleRatio } from './sample-ratio';

describe('the sample ratio', () => {
  it.each([
    [[5000, 5200], [0.5, 0.5], 3.92157, 0.04767],
    [[4900, 5400], [0.5, 0.5], 24.27184, 8.37e-7],
    [[900, 130], [0.9, 0.1], 7.86408, 0.0050427],
  ])('of %j against %j', (observed, planned, chi2, p) => {
    const found = chiSquare({ observed, planned });
    expect(found.chi2).toBeCloseTo(chi2, 5);
    expect(Math.abs(chiSquareTail(found.chi2, found.df) / p - 1)).toBeLessThan(1e-3);
  });
  it.each([
    [5.991465, 2, 0.05],
    [7.814728, 3, 0.05],
    [13.276704, 4, 0.01],
    [20.515006, 5, 0.001],
  ])('%f with %i degrees of freedom has the tail %f', (chi2, df, p) => {
    expect(chiSquareTail(chi2, df)).toBeCloseTo(p, 6);
  });
  it('is judged by each phase with its own weights: a changed split is no alarm', () => {
    const phases = [
      { observed: [50, 950], planned: [0.05, 0.95] },
      { observed: [500, 500], planned: [0.5, 0.5] },
    ];
    expect(sampleRatio(phases, 0)).toMatchObject({ state: 'as_planned', chi2: 0, df: 2 });
  });
  it('says off for a broken split, and for units seen in both arms', () => {
    expect(sampleRatio([{ observed: [4900, 5400], planned: [0.5, 0.5] }], 0).state).toBe('off');
    expect(sampleRatio([{ observed: [5000, 5000], planned: [0.5, 0.5] }], 0.01).state).toBe('off');
  });
  it('says nothing of too few, and of an arm that should get none', () => {
    expect(sampleRatio([{ observed: [0, 100], planned: [0.1, 0.9] }], 0).state).toBe('too_few');
    expect(sampleRatio([{ observed: [0, 10_000], planned: [0, 1] }], 0).state).toBe('too_few');
    expect(sampleRatio([], 0).state).toBe('too_few');
  });
});
