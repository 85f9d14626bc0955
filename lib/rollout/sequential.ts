/** The size at which a decision is expected; fixed for every rollout, the interval is tightest there (GrowthBook's default). */
export const TUNING_SIZE = 5_000;
/** 95 % for the whole time, however often one looks. */
export const ALPHA = 0.05;

/** tuning is the interval's `r`: what makes it tightest at `size` units. Source: Howard et al., arXiv 2103.06476, as in GrowthBook. */
export function tuning(size: number, alpha = ALPHA): number {
  const log = -2 * Math.log(alpha);
  return Math.sqrt((log + Math.log(log + 1)) / size);
}

/**
 * halfWidth is half of an interval that holds at every look, not only at one fixed size.
 * @param standardError of the difference, in the metric's unit
 * @param units of both arms together
 */
export function halfWidth(standardError: number, units: number, { alpha = ALPHA, size = TUNING_SIZE } = {}): number {
  if (units <= 0) return Infinity;
  const n = units * tuning(size, alpha) ** 2;
  return standardError * Math.sqrt(units) * Math.sqrt(((2 * (n + 1)) / (units * n)) * Math.log(Math.sqrt(n + 1) / alpha));
}

/** alwaysValid is the interval around a difference. */
export function alwaysValid(difference: number, standardError: number, units: number): { low: number; high: number } {
  const half = halfWidth(standardError, units);
  return { low: difference - half, high: difference + half };
}
