import { type EndpointRow } from '@/lib/serving/server';
import { may } from '@/lib/tenancy';
import { type Context } from '@/lib/tenancy/server';
import { evidenceHash, type Evidence } from './evidence';
import { NOTHING_KNOWN, situationOf, type Gathered } from './gather';
import { weightsOf } from './move';
import { type Audience, type ComparedMetric, type StepBody } from './schema';
import { isFinished, VERBS, type RolloutState, type Verb } from './states';
import { type DecisionRow, type RolloutRow } from './store';
import { decide, type Approval, type Known } from './transition';

type Version = { version: number; uuid: string };
type Weights = { stable: number; candidate: number };

/** A rollout as lists show it. */
export type RolloutSummary = {
  id: string;
  /** null when the endpoint was deleted */
  endpoint: string | null;
  model: string | null;
  state: RolloutState;
  /** index into steps of the one being carried out */
  step: number;
  steps: StepBody[];
  stepStartedAt: Date;
  /** percent */
  weights: Weights;
  candidate: Version;
  baseline: Version;
  revision: number;
  reason: string;
  createdBy: string | null;
  createdAt: Date;
  finishedAt: Date | null;
};

export type ApprovalView = { role: string; minApprovers: number; expiresAt: Date; evidenceHash: string; approvals: { by: string; at: Date; reason: string }[] };
export type DecisionView = Pick<DecisionRow, 'id' | 'at' | 'actor' | 'verb' | 'reason' | 'step' | 'weights' | 'evidenceHash'> & { fromState: RolloutState; toState: RolloutState; evidence: Evidence | null };

/** A rollout with all that its page shows. */
export type RolloutView = RolloutSummary & {
  audience: Audience;
  unit: string;
  metrics: ComparedMetric[];
  seed: string;
  /** how the candidate's replicas are */
  ready: { replicas: number; ready: number; problem: string | null } | null;
  approval: ApprovalView | null;
  evidence: Evidence | null;
  evidenceHash: string | null;
  decisions: DecisionView[];
  /** what this caller may decide now: null when allowed, else why not */
  may: Record<Verb, string | null>;
};

/** summaryOf shows a rollout in a list. */
export const summaryOf = (row: RolloutRow, names: { slug: string; model: string } | null): RolloutSummary => ({
  id: row.id,
  endpoint: names?.slug ?? null,
  model: names?.model ?? null,
  state: row.state,
  step: row.step,
  steps: row.steps,
  stepStartedAt: row.stepStartedAt,
  weights: weightsOf(row.weight),
  candidate: { version: row.candidateVersion, uuid: row.candidateVersionId },
  baseline: { version: row.baselineVersion, uuid: row.baselineVersionId },
  revision: row.revision,
  reason: row.reason,
  createdBy: row.createdBy,
  createdAt: row.createdAt,
  finishedAt: row.finishedAt,
});

type Seen = { row: RolloutRow; endpoint: EndpointRow | null; decisions: DecisionRow[]; gathered: Gathered | null; mine: string[]; authors: string[] };

/** viewOf shows one rollout to a caller. */
export function viewOf(ctx: Context, { row, endpoint, decisions, gathered, mine, authors }: Seen): RolloutView {
  const last = isFinished(row.state) ? decisions.find((each) => each.evidence !== null) : undefined;
  const evidence = gathered?.evidence ?? last?.evidence ?? null;
  const candidate = endpoint?.variants.find((each) => each.name === 'candidate' && each.rolloutId === row.id);
  return {
    ...summaryOf(row, endpoint && { slug: endpoint.slug, model: endpoint.modelName }),
    audience: row.audience,
    unit: row.unit,
    metrics: row.metrics,
    seed: row.seed,
    ready: candidate ? { replicas: candidate.replicas, ready: candidate.ready, problem: candidate.problem } : null,
    approval: row.approval && approvalView(row.approval),
    evidence,
    evidenceHash: gathered?.hash ?? last?.evidenceHash ?? (evidence && evidenceHash(evidence)),
    decisions: decisions.map(({ workspaceId: _, rolloutId: __, actorId: ___, ...each }) => ({ ...each, fromState: each.fromState as RolloutState, toState: each.toState as RolloutState })),
    may: allowed(ctx, row, gathered?.known ?? null, mine, authors),
  };
}

const approvalView = ({ role, minApprovers, expiresAt, evidenceHash: hash, approvals }: Approval): ApprovalView => ({
  role, minApprovers, expiresAt, evidenceHash: hash, approvals: approvals.map(({ by, at, reason }) => ({ by, at, reason })),
});

/** allowed asks the decision itself, so that a button says before what the call would say after. */
function allowed(ctx: Context, row: RolloutRow, known: Known | null, mine: string[], authors: string[]): Record<Verb, string | null> {
  const at = situationOf(row, authors);
  const why = (verb: Verb): string | null => {
    const permission = verb === 'abort' || verb === 'hold' ? 'rollout:write' : 'rollout:decide';
    if (!may(ctx.role, permission)) return `This needs the role ${permission === 'rollout:write' ? 'editor' : 'approver'}; yours is ${ctx.role}.`;
    const outcome = decide(at, { kind: 'decision', verb, by: { ids: mine, name: ctx.actor.name, role: ctx.role }, reason: 'asked' }, known ?? NOTHING_KNOWN, ctx.now);
    if (outcome.kind === 'refused') return outcome.message;
    return outcome.kind === 'nothing' ? 'There is nothing to do any more.' : null;
  };
  return Object.fromEntries(VERBS.map((verb) => [verb, why(verb)])) as Record<Verb, string | null>;
}

/** A rollout that asks for an approval, as the list of approvals shows it. */
export type Waiting = RolloutSummary & { approval: ApprovalView; askedAt: Date; lead: string; rest: string; next: number | null; /** null: this caller may approve */ whyNot: string | null };

/** waitsFor shows what waits, and whether for this caller. */
export function waitsFor(ctx: Context, given: { row: RolloutRow; approval: Approval; names: { slug: string; model: string } | null; authors: string[]; mine: string[]; last: DecisionRow | null }): Waiting {
  const { row, approval, names, authors, mine, last } = given;
  const known = { ...NOTHING_KNOWN, candidateVersionId: approval.candidateVersionId, evidenceHash: approval.evidenceHash };
  const following = row.read.slice(row.step + 1).find(({ kind }) => kind === 'weight' || kind === 'promote');
  return {
    ...summaryOf(row, names),
    approval: approvalView(approval),
    askedAt: last?.at ?? row.stepStartedAt,
    lead: last?.evidence?.lead ?? '',
    rest: last?.evidence?.rest ?? '',
    next: following?.kind === 'weight' ? following.weight : following?.kind === 'promote' ? 100 : null,
    whyNot: allowed(ctx, row, known, mine, authors).approve,
  };
}
