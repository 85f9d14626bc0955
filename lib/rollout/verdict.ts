import { type SampleRatio } from './sample-ratio';
import { type Metric } from './schema';
import { alwaysValid } from './sequential';

export const VERDICTS = ['successful', 'failed', 'inconclusive', 'error'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One arm's value of a metric: null when there is nothing to compute it from. */
export type Measured = { value: number; variance: number; units: number } | null;
export type Comparison = {
  metric: Metric;
  candidate: number | null;
  stable: number | null;
  difference: number | null;
  low: number | null;
  high: number | null;
  /** by how much the candidate may be worse, in the metric's unit */
  margin: number;
  /** better and no_worse pass, worse fails, undecided waits */
  finding: 'better' | 'no_worse' | 'worse' | 'undecided' | 'no_data';
  units: number;
  /** a failed guard rolls back by itself */
  guard: boolean;
};

/** Fewer units an arm than this prove nothing, however far apart they are. */
const FEWEST_UNITS: Record<Metric, number> = { error_rate: 20, latency_p95: 100, score_mean: 30 };
/** For errors and latency less is better; of a score nobody knows which way is better, so it may move neither way. */
const HARM: Record<Metric, 'more' | 'either'> = { error_rate: 'more', latency_p95: 'more', score_mean: 'either' };

/**
 * compare judges one metric by its always-valid interval: worse when all of it lies past the margin, passed when none of it does,
 * undecided otherwise.
 */
export function compare(given: { metric: Metric; candidate: Measured; stable: Measured; margin: number; guard: boolean }): Comparison {
  const { metric, candidate, stable, margin, guard } = given;
  const bare = { metric, candidate: candidate?.value ?? null, stable: stable?.value ?? null, margin, guard, units: (candidate?.units ?? 0) + (stable?.units ?? 0) };
  if (!candidate || !stable) return { ...bare, difference: null, low: null, high: null, finding: 'no_data' };
  const difference = candidate.value - stable.value;
  const { low, high } = alwaysValid(difference, Math.sqrt(candidate.variance + stable.variance), bare.units);
  const enough = Math.min(candidate.units, stable.units) >= FEWEST_UNITS[metric];
  return { ...bare, difference, low, high, finding: enough ? findingOf(low, high, margin, HARM[metric]) : 'undecided' };
}

function findingOf(low: number, high: number, margin: number, harm: 'more' | 'either'): Comparison['finding'] {
  if (low > margin || (harm === 'either' && high < -margin)) return 'worse';
  if (harm === 'more' && high < 0) return 'better';
  if (high < margin && (harm === 'more' || low > -margin)) return 'no_worse';
  return 'undecided';
}

/**
 * judge sums up: failed when a metric is worse, an error when the split itself is broken, successful only when every metric has
 * passed. Missing data is inconclusive, never success.
 */
export function judge(comparisons: Comparison[], ratio: SampleRatio): Verdict {
  if (comparisons.some(({ finding }) => finding === 'worse')) return 'failed';
  if (ratio.state === 'off') return 'error';
  if (comparisons.length === 0) return 'inconclusive';
  return comparisons.every(({ finding }) => finding === 'better' || finding === 'no_worse') ? 'successful' : 'inconclusive';
}

export const METRIC_WORDS: Record<Metric, string> = { error_rate: 'errors', latency_p95: 'latency p95', score_mean: 'the mean score' };

/** verdictSentence says a verdict in plain words: the lead, and what it rests on. */
export function verdictSentence(given: { verdict: Verdict; comparisons: Comparison[]; ratio: SampleRatio; candidate: number; units: number }): { lead: string; rest: string } {
  const { verdict, comparisons, ratio, units } = given;
  const name = `v${given.candidate}`;
  const named = (finding: Comparison['finding'][]) => comparisons.filter((each) => finding.includes(each.finding)).map(({ metric }) => METRIC_WORDS[metric]);
  const seen = `${units.toLocaleString('en')} ${units === 1 ? 'unit' : 'units'} compared.`;
  if (units === 0) return { lead: `Nothing is known of ${name} yet.`, rest: 'No request has been answered in this step, and missing data is never a success.' };
  switch (verdict) {
    case 'failed':
      return { lead: `${name} is worse.`, rest: `${sentenceStart(list(named(['worse'])))} ${are(named(['worse']))} past the margin. ${seen}` };
    case 'error':
      return {
        lead: 'The comparison cannot be trusted.',
        rest: ratio.inBothArms >= 0.01 ? `${(ratio.inBothArms * 100).toFixed(1)} % of the units were seen in both arms.` : `The arms did not get the units that the weights planned (p ${ratio.p.toPrecision(2)}).`,
      };
    case 'successful': {
      const better = named(['better']);
      return { lead: better.length > 0 ? `${name} is better and no guard is hurt.` : `${name} is no worse.`, rest: `${better.length > 0 ? `Better in ${list(better)}. ` : ''}${seen}` };
    }
    case 'inconclusive': {
      const open = named(['undecided', 'no_data']);
      return {
        lead: comparisons.length === 0 ? 'Nothing is compared.' : `Not decided yet for ${name}.`,
        rest: `${open.length > 0 ? `${sentenceStart(list(open))} ${are(open)} still undecided. ` : ''}${seen}`,
      };
    }
  }
}

const list = (words: string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
const are = (words: string[]): string => (words.length > 1 || words[0] === METRIC_WORDS.error_rate ? 'are' : 'is');
const sentenceStart = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
