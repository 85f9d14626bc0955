import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { amount } from './amount';
import { type ArmSums, type Kind, type PhaseArm } from './evidence-store';
import { sampleRatio, type SampleRatio } from './sample-ratio';
import { METRICS, type ComparedMetric, type Metric, type Step } from './schema';
import { compare, judge, METRIC_WORDS, verdictSentence, type Comparison, type Measured, type Verdict } from './verdict';

/** What one arm did in the phase. */
export type Arm = {
  version: number;
  uuid: string;
  units: number;
  rows: number;
  errors: number;
  errorRate: number | null;
  latency: { p50: number; p95: number; p99: number } | null;
  scoreMean: number | null;
};

/** What was known at a moment; a decision keeps it as it was. */
export type Evidence = {
  at: Date;
  /** index of the weight or shadow step that it is of; null before the first */
  phase: number | null;
  kind: Kind;
  weight: number;
  candidate: Arm;
  stable: Arm;
  comparisons: Comparison[];
  sampleRatio: SampleRatio & { phases: { step: number; weight: number; stable: number; candidate: number }[] };
  verdict: Verdict;
  lead: string;
  rest: string;
};

type Version = { version: number; uuid: string };
export type Given = {
  at: Date;
  phase: number | null;
  kind: Kind;
  weight: number;
  steps: Step[];
  candidate: Version;
  stable: Version;
  guards: ComparedMetric[];
  sums: ArmSums[];
  units: { arms: PhaseArm[]; inBothArms: number };
};

/** Worse by this much is still no worse, unless a rollout says otherwise. */
const ERROR_MARGIN = 0.01;
const LATENCY_MARGIN_MS = 5;
const LATENCY_MARGIN_SHARE = 0.2;
const SCORE_MARGIN_DEVIATIONS = 0.1;

/** makeEvidence compares the arms of a phase: every metric, of which the guards make the verdict. */
export function makeEvidence(given: Given): Evidence {
  const { guards, sums, candidate, stable } = given;
  const arms = { candidate: sums.find((each) => each.variant === 'candidate') ?? null, stable: sums.find((each) => each.variant === 'stable') ?? null };
  const comparisons = METRICS.map((metric) => compareArms(arms, guards.find((guard) => guard.metric === metric) ?? { metric }, guards.some((guard) => guard.metric === metric)));
  const phases = phaseCounts(given);
  const ratio = sampleRatio(phases.map(({ weight, ...units }) => ({ observed: [units.candidate, units.stable], planned: [weight / 100, 1 - weight / 100] })), given.units.inBothArms);
  const judged = comparisons.filter(({ guard }) => guard);
  const verdict = judge(judged, ratio);
  const units = (arms.candidate?.units ?? 0) + (arms.stable?.units ?? 0);
  return {
    at: given.at, phase: given.phase, kind: given.kind, weight: given.weight,
    candidate: armOf(arms.candidate, candidate), stable: armOf(arms.stable, stable),
    comparisons, sampleRatio: { ...ratio, phases }, verdict,
    ...verdictSentence({ verdict, comparisons: judged, ratio, candidate: candidate.version, units }),
  };
}

function phaseCounts({ steps, units }: Given): Evidence['sampleRatio']['phases'] {
  const count = (step: number, variant: string) => units.arms.find((arm) => arm.step === step && arm.variant === variant)?.units ?? 0;
  return steps.flatMap((step, index) => (step.kind === 'weight' && units.arms.some((arm) => arm.step === index) ? [{ step: index, weight: step.weight, stable: count(index, 'stable'), candidate: count(index, 'candidate') }] : []));
}

/** evidenceHash names what evidence says, not its counts: those grow with every request, and an approval is of the findings. */
export function evidenceHash({ phase, kind, weight, candidate, stable, comparisons, sampleRatio: { state }, verdict }: Evidence): string {
  const findings = comparisons.filter(({ guard }) => guard).map(({ metric, finding }) => ({ metric, finding }));
  const said = { phase, kind, weight, candidate: candidate.uuid, stable: stable.uuid, findings, sampleRatio: state, verdict };
  return createHash('sha256').update(canonicalize(said) ?? '').digest('hex');
}

type Arms = { candidate: ArmSums | null; stable: ArmSums | null };

/** compareArms compares one metric. @param given its margin, or the default one */
function compareArms(arms: Arms, { metric, margin }: ComparedMetric, guard: boolean): Comparison {
  return compare({ metric, candidate: measured(metric, arms.candidate), stable: measured(metric, arms.stable), margin: margin ?? defaultMargin(metric, arms.stable), guard });
}

/** judgeStep is the verdict of an analysis step's own metrics. */
export function judgeStep(evidence: Evidence, sums: ArmSums[], metrics: ComparedMetric[]): { verdict: Verdict; sentence: string } {
  const arms = { candidate: sums.find((each) => each.variant === 'candidate') ?? null, stable: sums.find((each) => each.variant === 'stable') ?? null };
  const comparisons = metrics.map((metric) => compareArms(arms, metric, true));
  const verdict = judge(comparisons, evidence.sampleRatio);
  const { lead, rest } = verdictSentence({ verdict, comparisons, ratio: evidence.sampleRatio, candidate: evidence.candidate.version, units: evidence.candidate.units + evidence.stable.units });
  return { verdict, sentence: `${lead} ${rest}` };
}

function defaultMargin(metric: Metric, stable: ArmSums | null): number {
  switch (metric) {
    case 'error_rate':
      return ERROR_MARGIN;
    case 'latency_p95':
      return Math.max(LATENCY_MARGIN_MS, LATENCY_MARGIN_SHARE * (stable?.latency?.[1] ?? 0));
    case 'score_mean':
      return SCORE_MARGIN_DEVIATIONS * (stable?.scoreDeviation ?? 0);
  }
}

/** measured gives a metric of an arm with its variance; null when nothing was measured. */
function measured(metric: Metric, arm: ArmSums | null): Measured {
  if (!arm || arm.rows === 0) return null;
  switch (metric) {
    case 'error_rate': {
      // no error yet does not mean no variance: a rate of few rows is as uncertain as one with one error more (Laplace)
      const smoothed = (arm.errors + 1) / (arm.rows + 2);
      return { value: arm.errors / arm.rows, variance: Math.max(arm.errorVariance, (smoothed * (1 - smoothed)) / arm.rows), units: arm.units };
    }
    case 'latency_p95': {
      if (!arm.latency) return null;
      const [, p95, , low, high] = arm.latency;
      return { value: p95, variance: ((high - low) / 2) ** 2, units: Math.min(arm.units, arm.answered) };
    }
    case 'score_mean':
      return arm.scoreMean === null ? null : { value: arm.scoreMean, variance: arm.scoreVariance, units: Math.min(arm.units, arm.scored) };
  }
}

const armOf = (sums: ArmSums | null, of: Version): Arm => ({
  version: of.version,
  uuid: of.uuid,
  units: sums?.units ?? 0,
  rows: sums?.rows ?? 0,
  errors: sums?.errors ?? 0,
  errorRate: sums && sums.rows > 0 ? sums.errors / sums.rows : null,
  latency: sums?.latency ? { p50: sums.latency[0], p95: sums.latency[1], p99: sums.latency[2] } : null,
  scoreMean: sums?.scoreMean ?? null,
});

/** failedGuard says which guard failed and by how much; null when none did. */
export function failedGuard({ comparisons }: Evidence): string | null {
  const worse = comparisons.find(({ guard, finding }) => guard && finding === 'worse');
  if (!worse || worse.candidate === null || worse.stable === null) return null;
  const name = METRIC_WORDS[worse.metric];
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${amount(worse.metric, worse.candidate)} against ${amount(worse.metric, worse.stable)}, past the margin of ${amount(worse.metric, worse.margin)} even at the near end of the interval.`;
}
