import { type EndpointRow } from '@/lib/serving/server';
import { evidenceHash, failedGuard, judgeStep, makeEvidence, type Evidence } from './evidence';
import { armSums, phaseUnits, type ArmSums, type Kind } from './evidence-store';
import { type RolloutRow } from './store';
import { phaseOf, type Known, type Situation } from './transition';

/** Evidence of a moment with its hash, and all that a decision needs to know beside the rollout's row. */
export type Gathered = { known: Known; evidence: Evidence; hash: string };

/** What a decision that asks nothing of the evidence is given. */
export const NOTHING_KNOWN: Known = {
  ready: false, problem: null, candidateVersionId: '', evidenceHash: '', analysis: { verdict: 'inconclusive', sentence: '' }, failedGuard: null, routedStep: null, shadowRows: 0,
};

/** situationOf is a stored rollout as decisions see it. @param authorIds who may not approve */
export const situationOf = (row: RolloutRow, authorIds: string[]): Situation => ({
  state: row.state, steps: row.read, step: row.step, stepStartedAt: row.stepStartedAt, weight: row.weight, approval: row.approval, revision: row.revision, authorIds,
});

/**
 * gather reads what is so outside the rollout's row: the candidate's replicas, and the phase's answers.
 * @param endpoint null when it was deleted
 * @param limitMs how long a statement over the log may take
 */
export async function gather(row: RolloutRow, endpoint: EndpointRow | null, now: Date, limitMs?: number): Promise<Gathered> {
  const phase = phaseOf(row.read, row.step);
  const kind: Kind = row.read[phase]?.kind === 'shadow' ? 'shadow' : 'traffic';
  const [sums, units] = await Promise.all([
    phase < 0 ? ([] as ArmSums[]) : armSums(row.workspaceId, row.id, phase, kind, limitMs),
    phaseUnits(row.workspaceId, row.id, limitMs),
  ]);
  const candidate = endpoint?.variants.find((each) => each.name === 'candidate' && each.rolloutId === row.id) ?? null;
  const evidence = makeEvidence({
    at: now,
    phase: phase < 0 ? null : phase,
    kind,
    weight: row.weight,
    steps: row.read,
    candidate: { version: row.candidateVersion, uuid: candidate?.modelVersionId ?? row.candidateVersionId },
    stable: { version: row.baselineVersion, uuid: row.baselineVersionId },
    guards: row.metrics,
    sums,
    units,
  });
  const hash = evidenceHash(evidence);
  const step = row.read[row.step];
  const routing = endpoint?.routing;
  const known: Known = {
    ready: (candidate?.ready ?? 0) > 0,
    problem: candidate?.problem ?? null,
    candidateVersionId: candidate?.modelVersionId ?? row.candidateVersionId,
    evidenceHash: hash,
    analysis: step?.kind === 'analysis' ? judgeStep(evidence, sums, step.metrics) : { verdict: 'inconclusive', sentence: '' },
    failedGuard: failedGuard(evidence),
    routedStep: routing && routing.rolloutId === row.id ? (routing.step ?? null) : null,
    shadowRows: kind === 'shadow' ? (sums.find((each) => each.variant === 'candidate')?.answered ?? 0) : 0,
  };
  return { known, evidence, hash };
}
