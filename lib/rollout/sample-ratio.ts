/** Units counted in one phase of a rollout (one weight), with what that phase's weights planned. */
export type PhaseCounts = { observed: number[]; planned: number[] };
export type SampleRatio = {
  state: 'as_planned' | 'off' | 'too_few';
  chi2: number;
  df: number;
  p: number;
  /** share of units seen in more than one arm, 0 to 1 */
  inBothArms: number;
};

/** An alarm below this probability. */
const ALARM_P = 0.001;
/** Not before every arm of a phase is expected to have this many units. */
const FEWEST_UNITS = 20;
/** From this share of units seen in both arms on, the comparison is spoilt. */
const MOST_IN_BOTH = 0.01;

/** chiSquare compares counts with planned shares. @param planned shares that sum to 1 */
export function chiSquare({ observed, planned }: PhaseCounts): { chi2: number; df: number } {
  const total = observed.reduce((sum, n) => sum + n, 0);
  const chi2 = observed.reduce((sum, n, arm) => sum + (n - total * (planned[arm] ?? 0)) ** 2 / (total * (planned[arm] ?? 0)), 0);
  return { chi2, df: observed.length - 1 };
}

/**
 * sampleRatio tells whether the arms got the units that the weights planned, phase by phase, summed over the phases.
 * @param inBothArms share of units seen in more than one arm of a phase
 */
export function sampleRatio(phases: PhaseCounts[], inBothArms: number): SampleRatio {
  const counted = phases.filter(({ observed, planned }) => {
    const total = observed.reduce((sum, n) => sum + n, 0);
    return planned.every((share) => share > 0 && share * total >= FEWEST_UNITS);
  });
  const { chi2, df } = counted.map(chiSquare).reduce((sum, each) => ({ chi2: sum.chi2 + each.chi2, df: sum.df + each.df }), { chi2: 0, df: 0 });
  if (df === 0) return { state: 'too_few', chi2, df, p: 1, inBothArms };
  const p = chiSquareTail(chi2, df);
  return { state: p < ALARM_P || inBothArms >= MOST_IN_BOTH ? 'off' : 'as_planned', chi2, df, p, inBothArms };
}

/** chiSquareTail is the probability of a larger value with `df` degrees of freedom. */
export function chiSquareTail(chi2: number, df: number): number {
  const half = chi2 / 2;
  let tail = df % 2 === 1 ? erfc(Math.sqrt(half)) : Math.exp(-half);
  let term = df % 2 === 1 ? Math.sqrt(half / (Math.PI / 4)) * Math.exp(-half) : half * Math.exp(-half);
  for (let k = df % 2 === 1 ? 1 : 2; k < df; k += 2) {
    tail += term;
    term *= half / (k / 2 + 1);
  }
  return Math.min(1, tail);
}

/** erfc for x >= 0 with a relative error below 1.2e-7 (Numerical Recipes, 6.2). */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const polynomial = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223];
  return t * Math.exp(-x * x + polynomial.reduce((sum, coefficient) => sum * t + coefficient, 0));
}
