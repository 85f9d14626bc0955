/** What is usual of some values: the median, and the range outside of which one is an outlier. */
export type UsualRange = { median: number; low: number; high: number };

/** Below this many values nothing is called unusual. */
const LEAST = 5;
/** Iglewicz and Hoaglin: a modified z-score above 3.5; 1.4826 makes the MAD of a normal distribution its standard deviation. */
const REACH = 3.5 * 1.4826;
/** Values this near to the median are usual however little the others differ, as a share of it. */
const FLOOR = 0.2;

const medianOf = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/**
 * usualRange gives the median ± MAD range of some values; null where there are too few to say.
 * @param values finite, none negative
 */
export function usualRange(values: readonly number[]): UsualRange | null {
  if (values.length < LEAST) return null;
  const median = medianOf([...values].sort((a, b) => a - b));
  const mad = medianOf(values.map((v) => Math.abs(v - median)).sort((a, b) => a - b));
  const reach = Math.max(REACH * mad, FLOOR * median);
  return { median, low: Math.max(0, median - reach), high: median + reach };
}

/** isOutlier tells whether a value lies outside of what is usual. */
export const isOutlier = (value: number, range: UsualRange | null): boolean =>
  range !== null && (value < range.low || value > range.high);
