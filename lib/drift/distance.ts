import { chiSquareQuantile, chiSquareTail } from './chi-square';

/** A share below this counts as this, so that an empty bin does not make the index infinite. */
export const SHARE_FLOOR = 1e-4;

/** The chance that a window without any drift stays inside its band. */
export const BAND_CONFIDENCE = 0.95;

const total = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** shares divides counts by their sum; all zero without rows. */
export function shares(counts: number[]): number[] {
  const rows = total(counts);
  return counts.map((count) => (rows === 0 ? 0 : count / rows));
}

/**
 * psi is the population stability index of two sets of counts over the same bins: the sum of (p - q) ln(p / q), shares
 * floored at 1e-4. Symmetric; 0 without rows on either side.
 */
export function psi(reference: number[], window: number[]): number {
  if (total(reference) === 0 || total(window) === 0) return 0;
  const p = shares(reference);
  return shares(window).reduce((sum, share, i) => {
    const a = Math.max(p[i] ?? 0, SHARE_FLOOR);
    const b = Math.max(share, SHARE_FLOOR);
    return sum + (a - b) * Math.log(a / b);
  }, 0);
}

/** Bins that hold a row on either side: what the null distribution has its degrees of freedom from. */
const usedBins = (reference: number[], window: number[]): number => reference.filter((count, i) => count > 0 || (window[i] ?? 0) > 0).length;

const spread = (reference: number[], window: number[]): number => 1 / total(reference) + 1 / total(window);

/**
 * chanceBand is what the index of a window without drift stays below with 95 % chance: psi / (1/n + 1/m) follows a
 * chi-square distribution with one degree of freedom less than there are bins. Infinite without rows.
 */
export function chanceBand(reference: number[], window: number[]): number {
  if (total(reference) === 0 || total(window) === 0) return Infinity;
  return chiSquareQuantile(BAND_CONFIDENCE, usedBins(reference, window) - 1) * spread(reference, window);
}

/** chanceOf is the chance that a window without drift shows an index of at least `index`. */
export function chanceOf(index: number, reference: number[], window: number[]): number {
  if (total(reference) === 0 || total(window) === 0) return 1;
  return chiSquareTail(index / spread(reference, window), usedBins(reference, window) - 1);
}

/** lInfinity is the largest difference of two shares: "at most this part of the rows moved in one bin". */
export function lInfinity(reference: number[], window: number[]): number {
  const q = shares(window);
  return shares(reference).reduce((most, share, i) => Math.max(most, Math.abs(share - (q[i] ?? 0))), 0);
}

/** jensenShannon is the distance of that name with logarithms to the base 2: 0 the same, 1 nothing in common. */
export function jensenShannon(reference: number[], window: number[]): number {
  const p = shares(reference);
  const q = shares(window);
  const middle = p.map((share, i) => (share + (q[i] ?? 0)) / 2);
  const divergence = (from: number[]) => from.reduce((sum, share, i) => (share > 0 ? sum + share * Math.log2(share / (middle[i] ?? 1)) : sum), 0);
  return Math.sqrt(Math.max(0, (divergence(p) + divergence(q)) / 2));
}

/** shareBand is what a bin's share in a window without drift stays within with 95 % chance, as [low, high]. */
export function shareBand(share: number, referenceRows: number, rows: number): [number, number] {
  if (referenceRows === 0 || rows === 0) return [0, 1];
  const width = 1.959963984540054 * Math.sqrt(share * (1 - share) * (1 / referenceRows + 1 / rows));
  return [Math.max(0, share - width), Math.min(1, share + width)];
}
