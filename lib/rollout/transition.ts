import { includesRole, type Role } from '@/lib/tenancy';
import { type Step } from './schema';
import { isFinished, type RolloutState, type Verb } from './states';
import { type Verdict } from './verdict';

/** An approval that is asked for, and who has given it so far. It names the candidate and the evidence, and holds for no other. */
export type Approval = {
  role: 'approver' | 'admin';
  minApprovers: number;
  expiresAt: Date;
  candidateVersionId: string;
  evidenceHash: string;
  approvals: { ids: string[]; by: string; at: Date; reason: string }[];
};

/** What a decision needs to know of a rollout. */
export type Situation = {
  state: RolloutState;
  steps: Step[];
  step: number;
  stepStartedAt: Date;
  /** the candidate's share in percent */
  weight: number;
  approval: Approval | null;
  revision: number;
  /** the author, as a person and as a service account: none of them approves */
  authorIds: string[];
};

/** What is so outside the rollout's row, at the moment of the decision. */
export type Known = {
  /** the candidate has a replica that answers */
  ready: boolean;
  /** why it does not start, when the gateway says so */
  problem: string | null;
  candidateVersionId: string;
  evidenceHash: string;
  /** verdict of the step's metrics, and a sentence */
  analysis: { verdict: Verdict; sentence: string };
  /** a guard that failed, as a sentence */
  failedGuard: string | null;
  /** the step that the endpoint's routing names now; null before the first */
  routedStep: number | null;
  /** answers that the candidate gave in the shadow of this step */
  shadowRows: number;
};

export type Person = { ids: string[]; name: string; role: Role };
export type Event =
  | { kind: 'tick' }
  | { kind: 'decision'; verb: Verb; by: Person; reason: string; revision?: number | undefined; evidenceHash?: string | undefined };

/** What happens to the endpoint in the same transaction. */
export type Effect = 'none' | 'traffic' | 'promote' | 'retire';
export type Outcome =
  | { kind: 'moved'; next: Situation; verb: string; reason: string; effect: Effect }
  | { kind: 'refused'; code: 'conflict' | 'forbidden'; message: string }
  | { kind: 'nothing' };

/** A candidate that is not ready after this long has failed. */
export const READY_DEADLINE_SECONDS = 600;
/** An analysis that cannot decide for this long asks a person. */
export const ANALYSIS_LIMIT_SECONDS = 86_400;

const NOTHING: Outcome = { kind: 'nothing' };
const conflict = (message: string): Outcome => ({ kind: 'refused', code: 'conflict', message });
const forbidden = (message: string): Outcome => ({ kind: 'refused', code: 'forbidden', message });

/**
 * decide says what an event makes of a rollout: the next situation with the verb and reason of its ledger row, a refusal, or
 * nothing. It never changes what it is given; nobody moves a rollout but by what it returns.
 */
export function decide(at: Situation, event: Event, known: Known, now: Date): Outcome {
  if (event.kind === 'tick') return isFinished(at.state) ? NOTHING : tick(at, known, now);
  if (event.verb === 'abort') return abort(at, event.reason);
  if (isFinished(at.state)) return conflict(`The rollout is over (${WORDS[at.state]}), so nothing is left to ${event.verb}. Start a new one from the endpoint.`);
  if (event.revision !== undefined && event.revision !== at.revision)
    return conflict(`The rollout has moved since you looked: you saw revision ${event.revision}, it is ${at.revision} now. Look again, then decide.`);
  switch (event.verb) {
    case 'approve':
      return approve(at, event, known, now);
    case 'hold':
      if (at.state === 'held') return conflict('The rollout is held already. Resume it, promote it, or roll it back.');
      return moved({ ...at, state: 'held', approval: null }, 'hold', event.reason);
    case 'resume':
      return resume(at, event.reason, now);
    case 'promote':
      return promote(at, event, now);
  }
}

/** The words of a state, for sentences. */
export const WORDS: Record<RolloutState, string> = {
  running: 'running',
  paused: 'paused',
  awaiting_approval: 'waiting for approval',
  held: 'held',
  promoting: 'being promoted',
  completed: 'completed',
  rolled_back: 'rolled back',
  failed: 'failed',
};

const moved = (next: Situation, verb: string, reason: string, effect: Effect = 'none'): Outcome => ({ kind: 'moved', next, verb, reason, effect });

/** Always accepted while anything moves, and the same again afterwards; only what is live already cannot be aborted. */
function abort(at: Situation, reason: string): Outcome {
  if (at.state === 'completed') return conflict('The candidate was promoted and is the stable version now. Start a rollout of the version before it to go back.');
  if (isFinished(at.state)) return NOTHING;
  return end(at, 'rolled_back', 'abort', reason);
}

const end = (at: Situation, state: 'rolled_back' | 'failed', verb: string, reason: string): Outcome =>
  moved({ ...at, state, weight: 0, approval: null }, verb, reason, 'retire');

function approve(at: Situation, event: Event & { kind: 'decision' }, known: Known, now: Date): Outcome {
  const { approval } = at;
  if (at.state !== 'awaiting_approval' || !approval) return conflict(`The rollout is ${WORDS[at.state]} and asks for no approval now.`);
  if (!includesRole(event.by.role, approval.role)) return forbidden(`This step asks for the role ${approval.role}; yours is ${event.by.role}.`);
  if (isAuthor(at, event.by)) return forbidden('You started this rollout, so somebody else must approve it.');
  if (now >= approval.expiresAt) return conflict('The time to approve this step is over. Resume the rollout to ask again.');
  if (event.evidenceHash !== undefined && event.evidenceHash !== known.evidenceHash)
    return conflict('The evidence has changed since you looked. Look at it again, then decide.');
  const standing = holdsStill(approval, known) ? approval.approvals : [];
  if (standing.some(({ ids }) => overlap(ids, event.by.ids)))
    return conflict(`You approved this step already; it needs ${approval.minApprovers} people.`);
  const approvals = [...standing, { ids: event.by.ids, by: event.by.name, at: now, reason: event.reason }];
  const given: Situation = { ...at, approval: { ...approval, candidateVersionId: known.candidateVersionId, evidenceHash: known.evidenceHash, approvals } };
  return approvals.length >= approval.minApprovers ? moved(enter(given, at.step + 1, now), 'approve', event.reason) : moved(given, 'approve', event.reason);
}

/** An approval names the candidate and the evidence; when either is another now, it has lapsed. */
const holdsStill = (approval: Approval, known: Known): boolean =>
  approval.candidateVersionId === known.candidateVersionId && approval.evidenceHash === known.evidenceHash;

const overlap = (a: string[], b: string[]): boolean => a.some((id) => b.includes(id));
const isAuthor = (at: Situation, by: Person): boolean => overlap(at.authorIds, by.ids);

function resume(at: Situation, reason: string, now: Date): Outcome {
  if (at.state === 'held') return moved(enter(at, at.step, now), 'resume', reason);
  if (at.state !== 'paused') return conflict(`The rollout is ${WORDS[at.state]}; there is nothing to resume.`);
  if (at.step + 1 >= at.steps.length) return conflict('No step is left after this pause. Promote the candidate or roll it back.');
  return moved(enter(at, at.step + 1, now), 'resume', reason);
}

/** Promoting skips what lies ahead, so it needs whoever could have approved all of it. */
function promote(at: Situation, event: Event & { kind: 'decision' }, now: Date): Outcome {
  if (at.state === 'promoting') return NOTHING;
  const skipped = at.steps.slice(at.step).flatMap((step) => (step.kind === 'approve' ? [step] : []));
  if (skipped.some((step) => !includesRole(event.by.role, step.role))) return forbidden('A step that this would skip asks for the role admin.');
  if (skipped.length > 0 && isAuthor(at, event.by)) return forbidden('You started this rollout, and a step that this would skip asks for somebody else\'s approval.');
  if (skipped.some((step) => step.minApprovers > 1)) return conflict('A step that this would skip asks for more than one person\'s approval, so nobody can promote alone.');
  const last = at.steps.findIndex(({ kind }) => kind === 'promote');
  return moved({ ...at, state: 'promoting', step: last < 0 ? at.steps.length - 1 : last, stepStartedAt: now, approval: null }, 'promote', event.reason);
}

/** enter puts a rollout at the start of a step; an approval is asked for by the next tick, with the evidence of then. */
export function enter(at: Situation, step: number, now: Date): Situation {
  const entered: Situation = { ...at, step, stepStartedAt: now, approval: null, state: 'running' };
  switch (at.steps[step]?.kind) {
    case 'pause':
      return { ...entered, state: 'paused' };
    case 'promote':
      return { ...entered, state: 'promoting' };
    case 'approve':
      return { ...entered, state: 'awaiting_approval' };
    case 'weight':
    case 'analysis':
    case 'shadow':
      return entered;
    case undefined:
      return { ...entered, step: at.steps.length - 1, state: 'paused' };
  }
}

/** phaseOf is the index of the step whose traffic is in force, a weight or a shadow; -1 before the first. */
export const phaseOf = (steps: Step[], step: number): number => steps.slice(0, step + 1).findLastIndex(({ kind }) => kind === 'weight' || kind === 'shadow');

/** weightAt is the share that the steps so far ask for. */
export function weightAt(steps: Step[], step: number): number {
  const found = steps[phaseOf(steps, step)];
  return found?.kind === 'weight' ? found.weight : 0;
}

function tick(at: Situation, known: Known, now: Date): Outcome {
  if (known.failedGuard) return end(at, 'rolled_back', 'guard', known.failedGuard);
  return traffic(at, known, now) ?? (at.state === 'held' ? NOTHING : carryOut(at, known, now));
}

const elapsedSeconds = (at: Situation, now: Date): number => (now.getTime() - at.stepStartedAt.getTime()) / 1000;

/** traffic takes a candidate that cannot answer out and puts it back; null when there is nothing to put right. */
function traffic(at: Situation, known: Known, now: Date): Outcome | null {
  if (at.state === 'promoting') return null;
  if (!known.ready && at.weight > 0) return moved({ ...at, weight: 0, stepStartedAt: now }, 'traffic', known.problem ?? 'The candidate has no replica that is ready.', 'traffic');
  const wanted = weightAt(at.steps, at.step);
  if (at.state === 'held' || at.weight === wanted || at.step === phaseOf(at.steps, at.step)) return null;
  return known.ready ? moved({ ...at, weight: wanted, stepStartedAt: now }, 'traffic', 'The candidate is ready again.', 'traffic') : untilReady(at, known, now);
}

const untilReady = (at: Situation, known: Known, now: Date): Outcome =>
  elapsedSeconds(at, now) >= READY_DEADLINE_SECONDS ? end(at, 'failed', 'fail', notReady(known)) : NOTHING;

const notReady = ({ problem }: Known): string => `The candidate was not ready within ${READY_DEADLINE_SECONDS / 60} minutes.${problem ? ` ${problem}` : ''}`;

function carryOut(at: Situation, known: Known, now: Date): Outcome {
  const next = enter(at, at.step + 1, now);
  if (at.state === 'promoting') return known.ready ? moved({ ...at, state: 'completed', weight: 100 }, 'complete', 'The candidate is the stable version now.', 'promote') : untilReady(at, known, now);
  const step = at.steps[at.step];
  switch (step?.kind) {
    case 'weight':
      return known.ready || step.weight === 0 ? moved({ ...next, weight: step.weight }, 'weight', `${step.weight} % to the candidate.`, 'traffic') : untilReady(at, known, now);
    case 'shadow':
      return shadow(at, step, known, now);
    case 'pause':
      return step.seconds !== null && elapsedSeconds(at, now) >= step.seconds && at.step + 1 < at.steps.length ? moved(next, 'advance', 'The pause is over.') : NOTHING;
    case 'analysis':
      return analyse(at, next, known, now);
    case 'approve':
      return waitForApproval(at, step, known, now);
    case 'promote':
    case undefined:
      return NOTHING;
  }
}

/** The candidate gets copies, then the step lasts until enough of them were answered. */
function shadow(at: Situation, step: Step & { kind: 'shadow' }, known: Known, now: Date): Outcome {
  if (known.routedStep !== at.step || at.weight > 0)
    return known.ready ? moved({ ...at, weight: 0 }, 'shadow', `Copies of ${step.percent} % of the calls to the candidate.`, 'traffic') : untilReady(at, known, now);
  return known.shadowRows >= step.minRows ? moved(enter(at, at.step + 1, now), 'advance', `${known.shadowRows} rows answered in the shadow.`) : NOTHING;
}

function analyse(at: Situation, next: Situation, { analysis }: Known, now: Date): Outcome {
  switch (analysis.verdict) {
    case 'successful':
      return moved(next, 'advance', analysis.sentence);
    case 'failed':
      return end(at, 'rolled_back', 'analysis', analysis.sentence);
    case 'error':
      return moved({ ...at, state: 'held' }, 'hold', analysis.sentence);
    case 'inconclusive':
      return elapsedSeconds(at, now) >= ANALYSIS_LIMIT_SECONDS ? moved({ ...at, state: 'held' }, 'hold', `The analysis could not decide within a day. ${analysis.sentence}`) : NOTHING;
  }
}

function waitForApproval(at: Situation, step: Step & { kind: 'approve' }, known: Known, now: Date): Outcome {
  const { approval } = at;
  const { candidateVersionId, evidenceHash } = known;
  const { role, minApprovers, expiresSeconds } = step;
  const asked: Approval = { role, minApprovers, expiresAt: approval?.expiresAt ?? new Date(now.getTime() + expiresSeconds * 1000), candidateVersionId, evidenceHash, approvals: [] };
  if (!approval) return moved({ ...at, approval: asked }, 'ask', `Asks for the approval of ${minApprovers === 1 ? 'one person' : `${minApprovers} people`}.`);
  if (now >= approval.expiresAt) return moved({ ...at, state: 'held', approval: null }, 'expire', 'Nobody approved in time.');
  if (holdsStill(approval, known)) return NOTHING;
  const given = approval.approvals.length;
  const lapsed = given === 0 ? '' : given === 1 ? ' The approval given before lapsed.' : ` The ${given} approvals given before lapsed.`;
  return moved({ ...at, approval: asked }, 'ask', `The evidence has changed.${lapsed}`);
}
