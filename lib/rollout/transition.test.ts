import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Step } from './schema';
import { isFinished, ROLLOUT_STATES, VERBS, type RolloutState, type Verb } from './states';
import { decide, enter, phaseOf, READY_DEADLINE_SECONDS, weightAt, type Event, type Known, type Outcome, type Person, type Situation } from './transition';

const T0 = new Date('2026-01-01T00:00:00Z');
const after = (seconds: number) => new Date(T0.getTime() + seconds * 1000);
const STEPS: Step[] = [
  { kind: 'weight', weight: 5 },
  { kind: 'approve', role: 'approver', minApprovers: 1, expiresSeconds: 3600 },
  { kind: 'weight', weight: 25 },
  { kind: 'pause', seconds: 60 },
  { kind: 'analysis', metrics: [{ metric: 'error_rate' }] },
  { kind: 'promote' },
];
const known: Known = {
  ready: true, problem: null, candidateVersionId: 'c8', evidenceHash: 'e1', failedGuard: null,
  analysis: { verdict: 'inconclusive', sentence: 'Not decided yet.' }, routedStep: null, shadowRows: 0,
};
const author: Person = { ids: ['author'], name: 'Ann', role: 'admin' };
const second: Person = { ids: ['second'], name: 'Bea', role: 'approver' };
const third: Person = { ids: ['third', 'person-3'], name: 'Cem', role: 'admin' };
const start = (steps = STEPS): Situation => enter({ state: 'running', steps, step: 0, stepStartedAt: T0, weight: 0, approval: null, revision: 1, authorIds: ['author'] }, 0, T0);
const of = (verb: Verb, by = second, more: { revision?: number; evidenceHash?: string } = {}): Event => ({ kind: 'decision', verb, by, reason: 'because', ...more });
const tick: Event = { kind: 'tick' };

const next = (outcome: Outcome): Situation => {
  if (outcome.kind !== 'moved') throw new Error(`not moved: ${JSON.stringify(outcome)}`);
  return outcome.next;
};
/** The situation after all that is due. */
function settle(at: Situation, with_ = known, now = T0): Situation {
  for (;;) {
    const outcome = decide(at, tick, with_, now);
    if (outcome.kind !== 'moved') return at;
    at = outcome.next;
  }
}
const ASKED = { role: 'approver' as const, minApprovers: 1, expiresAt: after(3600), candidateVersionId: 'c8', evidenceHash: 'e1', approvals: [] };
const inState = (state: RolloutState): Situation => {
  const step = { running: 0, paused: 3, awaiting_approval: 1, held: 3, promoting: 5, completed: 5, rolled_back: 3, failed: 0 }[state];
  return { ...enter({ ...start(), weight: weightAt(STEPS, step) }, step, T0), state, approval: state === 'awaiting_approval' ? ASKED : null };
};

describe('a rollout by its steps', () => {
  it('goes 5 %, approval, 25 %, pause, analysis, promoted', () => {
    let at = settle(start());
    expect(at).toMatchObject({ state: 'awaiting_approval', step: 1, weight: 5 });
    at = settle(next(decide(at, of('approve'), known, T0)));
    expect(at).toMatchObject({ state: 'paused', step: 3, weight: 25 });
    at = settle(at, known, after(59));
    expect(at.state).toBe('paused');
    at = settle(at, known, after(60));
    expect(at).toMatchObject({ state: 'running', step: 4 });
    at = settle(at, { ...known, analysis: { verdict: 'successful', sentence: 'No worse.' } }, after(61));
    expect(at).toMatchObject({ state: 'completed', step: 5, weight: 100 });
  });
  it('moves no traffic before the candidate is ready, and fails when it never is', () => {
    const cold = { ...known, ready: false, problem: 'The file is broken.' };
    expect(decide(start(), tick, cold, after(1))).toEqual({ kind: 'nothing' });
    expect(decide(start(), tick, cold, after(READY_DEADLINE_SECONDS))).toMatchObject({
      kind: 'moved', effect: 'retire', next: { state: 'failed', weight: 0 }, reason: 'The candidate was not ready within 10 minutes. The file is broken.',
    });
  });
  it('takes a candidate that is not ready any more out, and puts it back with its pause begun anew', () => {
    const at = inState('paused');
    const out = next(decide(at, tick, { ...known, ready: false }, after(30)));
    expect(out).toMatchObject({ state: 'paused', weight: 0 });
    expect(decide(out, tick, { ...known, ready: false }, after(70)).kind).toBe('nothing');
    expect(next(decide(out, tick, known, after(70)))).toMatchObject({ state: 'paused', weight: 25, stepStartedAt: after(70) });
  });
  it.each([
    ['successful', { step: 5, state: 'promoting' }],
    ['failed', { state: 'rolled_back', weight: 0 }],
    ['error', { state: 'held', step: 4 }],
    ['inconclusive', null],
  ] as const)('an analysis that is %s', (verdict, expected) => {
    const outcome = decide({ ...start(), step: 4, weight: 25 }, tick, { ...known, analysis: { verdict, sentence: 'Because.' } }, T0);
    if (expected) expect(next(outcome)).toMatchObject(expected);
    else expect(outcome.kind).toBe('nothing');
  });
  it('copies calls to a candidate in the shadow until enough were answered', () => {
    const at = start([{ kind: 'shadow', percent: 10, minRows: 100 }, { kind: 'weight', weight: 5 }, { kind: 'pause', seconds: null }]);
    const copying = decide(at, tick, known, T0);
    expect(copying).toMatchObject({ kind: 'moved', effect: 'traffic', next: { state: 'running', step: 0, weight: 0 } });
    expect(decide(next(copying), tick, { ...known, routedStep: 0, shadowRows: 99 }, after(1e6)).kind).toBe('nothing');
    expect(settle(next(copying), { ...known, routedStep: 0, shadowRows: 100 })).toMatchObject({ state: 'paused', step: 2, weight: 5 });
  });
  it('asks a person when an analysis cannot decide for a day', () => {
    expect(next(decide({ ...start(), step: 4, weight: 25 }, tick, known, after(86_400))).state).toBe('held');
  });
  it.each(ROLLOUT_STATES.filter((state) => !isFinished(state)))('a failed guard rolls back from %s', (state) => {
    expect(decide(inState(state), tick, { ...known, failedGuard: 'Errors are past the margin.' }, T0)).toMatchObject({
      kind: 'moved', effect: 'retire', reason: 'Errors are past the margin.', next: { state: 'rolled_back', weight: 0 },
    });
  });
});

/** What each verb makes of each state: a state, refused, or nothing. */
const TABLE: Record<RolloutState, Record<Verb, RolloutState | 'refused' | 'nothing'>> = {
  running: { approve: 'refused', hold: 'held', resume: 'refused', promote: 'promoting', abort: 'rolled_back' },
  paused: { approve: 'refused', hold: 'held', resume: 'running', promote: 'promoting', abort: 'rolled_back' },
  awaiting_approval: { approve: 'running', hold: 'held', resume: 'refused', promote: 'promoting', abort: 'rolled_back' },
  held: { approve: 'refused', hold: 'refused', resume: 'paused', promote: 'promoting', abort: 'rolled_back' },
  promoting: { approve: 'refused', hold: 'held', resume: 'refused', promote: 'nothing', abort: 'rolled_back' },
  completed: { approve: 'refused', hold: 'refused', resume: 'refused', promote: 'refused', abort: 'refused' },
  rolled_back: { approve: 'refused', hold: 'refused', resume: 'refused', promote: 'refused', abort: 'nothing' },
  failed: { approve: 'refused', hold: 'refused', resume: 'refused', promote: 'refused', abort: 'nothing' },
};
const CELLS = ROLLOUT_STATES.flatMap((state) => VERBS.map((verb) => [verb, state, TABLE[state][verb]] as const));

describe('what people decide', () => {
  it.each(CELLS)('%s while %s: %s', (verb, state, expected) => {
    const outcome = decide(inState(state), of(verb), known, T0);
    expect(outcome.kind === 'moved' ? outcome.next.state : outcome.kind).toBe(expected);
    if (expected === 'rolled_back') expect(outcome).toMatchObject({ effect: 'retire', next: { weight: 0 } });
  });
  it('refuses what was decided on a stale revision, but never an abort', () => {
    for (const verb of VERBS) {
      const outcome = decide({ ...inState('awaiting_approval'), revision: 7 }, of(verb, second, { revision: 6 }), known, T0);
      expect(outcome.kind).toBe(verb === 'abort' ? 'moved' : 'refused');
    }
  });
  it('has nothing to resume after the last pause', () => {
    const at = { ...start([{ kind: 'weight', weight: 5 }, { kind: 'pause', seconds: null }]), step: 1, weight: 5, state: 'paused' as const };
    expect(decide(at, of('resume'), known, after(1e9))).toMatchObject({ kind: 'refused', code: 'conflict' });
    expect(decide(at, tick, known, after(1e9)).kind).toBe('nothing');
  });
});

describe('an approval', () => {
  const asking = (minApprovers = 1, role: 'approver' | 'admin' = 'approver') =>
    settle(start([{ kind: 'weight', weight: 5 }, { kind: 'approve', role, minApprovers, expiresSeconds: 3600 }, { kind: 'weight', weight: 25 }, { kind: 'pause', seconds: null }]));
  it.each<[string, Situation, Event, Partial<Known>, Date, string]>([
    ['by the author', asking(), of('approve', author), {}, T0, 'forbidden'],
    ['by the author\'s service account', asking(), of('approve', { ids: ['token', 'author'], name: 'CI', role: 'admin' }), {}, T0, 'forbidden'],
    ['with too small a role', asking(1, 'admin'), of('approve', second), {}, T0, 'forbidden'],
    ['too late', asking(), of('approve'), {}, after(3600), 'conflict'],
    ['on evidence of before', asking(), of('approve', second, { evidenceHash: 'e0' }), {}, T0, 'conflict'],
    ['twice by one person', next(decide(asking(2), of('approve'), known, T0)), of('approve'), {}, T0, 'conflict'],
    ['twice by one person and its token', next(decide(asking(2), of('approve', third), known, T0)), of('approve', { ids: ['t', 'person-3'], name: 'CI', role: 'admin' }), {}, T0, 'conflict'],
  ])('%s is refused', (_, at, event, more, now, code) => {
    expect(decide(at, event, { ...known, ...more }, now)).toMatchObject({ kind: 'refused', code });
  });
  it('needs as many people as the step says', () => {
    const one = next(decide(asking(2), of('approve'), known, T0));
    expect(one).toMatchObject({ state: 'awaiting_approval', approval: { approvals: [{ by: 'Bea' }] } });
    expect(next(decide(one, of('approve', third), known, T0))).toMatchObject({ state: 'running', step: 2, approval: null });
  });
  it.each([['evidence', { evidenceHash: 'e2' }], ['candidate', { candidateVersionId: 'c9' }]])('lapses when the %s changes', (_, change) => {
    const one = next(decide(asking(2), of('approve'), known, T0));
    const moved = { ...known, ...change };
    expect(next(decide(one, tick, moved, T0))).toMatchObject({ state: 'awaiting_approval', approval: { ...change, approvals: [] } });
    expect(next(decide(one, of('approve', third), moved, T0))).toMatchObject({ state: 'awaiting_approval', approval: { approvals: [{ by: 'Cem' }] } });
  });
  it('that nobody gives in time holds the rollout; resuming asks again', () => {
    const held = next(decide(asking(), tick, known, after(3600)));
    expect(held).toMatchObject({ state: 'held', weight: 5, approval: null });
    expect(settle(next(decide(held, of('resume'), known, after(4000))), known, after(4000))).toMatchObject({ state: 'awaiting_approval', approval: { expiresAt: after(7600) } });
  });
  it.each<[string, Situation, Person, string]>([
    ['its author', asking(), author, 'forbidden'],
    ['too small a role', asking(1, 'admin'), second, 'forbidden'],
    ['one where two are asked for', asking(2), second, 'conflict'],
  ])('is not skipped by promoting: %s', (_, at, by, code) => {
    expect(decide(at, of('promote', by), known, T0)).toMatchObject({ kind: 'refused', code });
  });
  it('is not needed to promote when none lies ahead', () => {
    expect(next(decide(inState('paused'), of('promote', author), known, T0)).state).toBe('promoting');
  });
});

describe('whatever happens, in any order', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.integer({ min: 0, max: 10_000 }).map((n): Step => ({ kind: 'weight', weight: n / 100 })),
    fc.constantFrom<Step>({ kind: 'pause', seconds: 5 }, { kind: 'pause', seconds: null }, { kind: 'analysis', metrics: [{ metric: 'error_rate' }] },
      { kind: 'shadow', percent: 10, minRows: 20 }, { kind: 'approve', role: 'approver', minApprovers: 2, expiresSeconds: 50 }, { kind: 'approve', role: 'approver', minApprovers: 1, expiresSeconds: 50 }),
  );
  const steps = fc.tuple(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean()).map(([some, promotes]): Step[] => [...some, promotes ? { kind: 'promote' } : { kind: 'pause', seconds: null }]);
  const happening = fc.record({
    event: fc.oneof(
      { weight: 3, arbitrary: fc.constant(tick) },
      fc.record({ verb: fc.constantFrom<Verb>('approve', 'hold', 'resume', 'promote'), by: fc.constantFrom(author, second, third) }).map(({ verb, by }) => of(verb, by)),
    ),
    ready: fc.boolean(),
    evidenceHash: fc.constantFrom('e1', 'e2'),
    verdict: fc.constantFrom('successful', 'successful', 'inconclusive', 'failed', 'error'),
    guard: fc.integer({ min: 0, max: 19 }).map((n) => (n === 0 ? 'It failed.' : null)),
    seconds: fc.integer({ min: 0, max: 30 }),
  });
  it('abort is in reach, traffic goes to a ready candidate only, and nothing moves without verb and reason', () => {
    fc.assert(
      fc.property(steps, fc.array(happening, { maxLength: 60 }), (given, happenings) => {
        let at = start(given);
        let clock = 0;
        let routed: number | null = null;
        for (const { event, ready, evidenceHash, verdict, guard, seconds } of happenings) {
          clock += seconds;
          const known_: Known = { ...known, routedStep: routed, shadowRows: seconds, ready, evidenceHash, failedGuard: guard, analysis: { verdict: verdict, sentence: 'It says so.' } };
          const before = structuredClone(at);
          const outcome = decide(at, event, known_, after(clock));
          expect(at).toEqual(before);
          const aborted = decide(at, of('abort'), known_, after(clock));
          if (!isFinished(at.state)) expect(next(aborted)).toMatchObject({ state: 'rolled_back', weight: 0 });
          if (outcome.kind !== 'moved') continue;
          const { next: then, verb, reason, effect } = outcome;
          expect(verb && reason).toBeTruthy();
          expect(isFinished(at.state)).toBe(false);
          if (then.weight > at.weight) expect(ready).toBe(true);
          if (then.weight !== at.weight) expect(effect).not.toBe('none');
          if (then.state === 'completed') expect([ready, effect, then.weight]).toEqual([true, 'promote', 100]);
          if (then.state === 'rolled_back' || then.state === 'failed') expect([effect, then.weight]).toEqual(['retire', 0]);
          expect(then.weight >= 0 && then.weight <= 100).toBe(true);
          if (then.approval) expect(then.state).toBe('awaiting_approval');
          expect(then.step >= 0 && then.step < given.length).toBe(true);
          if (effect === 'traffic') routed = phaseOf(given, at.step);
          at = then;
        }
      }),
      { numRuns: 500 },
    );
  });
});
