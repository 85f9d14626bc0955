import { chanceBand, chanceOf, psi } from './distance';
import { benjaminiHochberg } from './false-discovery';
import { type DriftPoint, type ProfileFeature, type Verdict } from './schema';

/** An index from here on is a change that matters; the line that every chart draws. */
export const PSI_THRESHOLD = 0.1;
/** Windows with fewer rows get no verdict. */
export const MIN_ROWS = 200;
/** Adjusted chances below this count as sure. */
export const SURE = 0.05;

/** What one window counted of a feature: counts in the reference's bins, rows, and the sum of the values of a number. */
export type Counted = { window: Date; counts: number[]; rows: number; total: number | null };
export type CountedFeature = { feature: ProfileFeature; windows: Counted[] };
export type Judged = { feature: ProfileFeature; series: DriftPoint[] };

type Measured = { point: Omit<DriftPoint, 'verdict'>; chance: number | null };

/**
 * judge gives each feature's series of windows with its verdicts. Drifted takes all of it: an index over the threshold (effect),
 * no chance (corrected over the window's features), enough rows, and the same in the last window before that had enough.
 * @param features windows in ascending order; a window that a feature lacks is left out of its series
 */
export function judge(features: CountedFeature[]): Judged[] {
  const measured = features.map(({ feature, windows }) => windows.map((window) => measure(feature, window)));
  const windows = [...new Set(measured.flatMap((series) => series.map((m) => m.point.window)))];
  const adjusted = new Map<Measured, number>();
  for (const window of windows) {
    const tests = measured.flatMap((series) => series.filter((m) => m.point.window === window && m.chance !== null));
    benjaminiHochberg(tests.map((m) => m.chance ?? 1)).forEach((chance, i) => {
      const test = tests[i];
      if (test) adjusted.set(test, chance);
    });
  }
  return features.map(({ feature }, i) => {
    let before: Verdict | null = null;
    const series = (measured[i] ?? []).map((m): DriftPoint => {
      const chance = adjusted.get(m) ?? null;
      const verdict = verdictOf(m.point.psi, chance, before);
      if (verdict !== 'too_few_rows') before = verdict;
      return { ...m.point, chance, verdict };
    });
    return { feature, series };
  });
}

function measure(feature: ProfileFeature, { window, counts, rows, total }: Counted): Measured {
  const known = rows > 0 && feature.rows > 0;
  const index = known ? psi(feature.counts, counts) : null;
  const values = rows - (counts.at(-1) ?? 0);
  const point = { window: window.toISOString(), rows, psi: index, band: known ? chanceBand(feature.counts, counts) : null, chance: null, mean: total !== null && values > 0 ? total / values : null };
  return { point, chance: index !== null && rows >= MIN_ROWS ? chanceOf(index, feature.counts, counts) : null };
}

/**
 * verdictOf judges one window of one feature.
 * @param chance adjusted; null: too few rows
 * @param before the verdict of the last window that had enough rows
 */
export function verdictOf(index: number | null, chance: number | null, before: Verdict | null): Verdict {
  if (index === null || chance === null) return 'too_few_rows';
  if (chance >= SURE) return 'chance';
  if (index < PSI_THRESHOLD) return 'small';
  return before === 'moved' || before === 'drifted' ? 'drifted' : 'moved';
}
