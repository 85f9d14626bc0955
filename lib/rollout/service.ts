import canonicalize from 'canonicalize';
import { parseExpression } from '@/lib/core/expressions';
import { AppError, conflict, invalid, notFound, type Issue } from '@/lib/core/errors';
import { isId, newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { inTransaction } from '@/lib/db/transaction';
import { getVersion } from '@/lib/registry/server';
import { addCandidate, lockEndpoint, requireEndpoint, type EndpointRow } from '@/lib/serving/server';
import { audit, authorize, personBehind, type Context } from '@/lib/tenancy/server';
import { settle } from './advance';
import { binsOverTime, type Bin } from './evidence-store';
import { gather, NOTHING_KNOWN, situationOf } from './gather';
import { move, tellMoved, weightsOf } from './move';
import { readStep, type DecisionBody, type NewRollout, type StepBody } from './schema';
import { isFinished, type RolloutState, type Verb } from './states';
import { appendDecision, decisionsOf, endpointNames, findRollout, insertRollout, lockRollout, rolloutPage, type RolloutRow } from './store';
import { decide, enter } from './transition';
import { summaryOf, viewOf, waitsFor, type RolloutSummary, type RolloutView, type Waiting } from './views';

/** An abort waits this long for evidence, in milliseconds, and goes on without it. */
const ABORT_EVIDENCE_MS = 250;
const ATTEMPTS = 5;

/**
 * startRollout begins to open an endpoint to another version of its model; traffic moves when the candidate is ready.
 * @throws AppError not_found, invalid for a candidate or steps that cannot be, conflict while another rollout is under way
 */
export async function startRollout(ctx: Context, slug: string, given: NewRollout): Promise<RolloutView> {
  authorize(ctx, 'rollout:write');
  const endpoint = await requireEndpoint(ctx, slug);
  const steps = readSteps(given);
  const candidate = await readCandidate(ctx, endpoint, given.candidate);
  const id = newId();
  const row: RolloutRow = {
    id, workspaceId: ctx.workspaceId, endpointId: endpoint.id,
    candidateVersionId: candidate.uuid, candidateVersion: candidate.version, baselineVersionId: candidate.stable.modelVersionId, baselineVersion: candidate.stable.version,
    steps, read: steps.map(readStep), audience: given.audience, unit: given.unit, metrics: given.metrics, seed: id,
    state: 'running', step: 0, stepStartedAt: ctx.now, weight: 0, approval: null, revision: 1, reason: '',
    createdById: ctx.actor.id, createdBy: ctx.actor.name, createdAt: ctx.now, finishedAt: null,
  };
  await inTransaction(async (tx) => {
    const locked = await lockEndpoint(tx, ctx.workspaceId, endpoint.id);
    if (!locked) throw notFound('endpoint', slug);
    if (locked.variants.some(({ name }) => name === 'candidate')) throw conflict(`A rollout is under way on "${slug}". Complete it or roll it back before you start another.`);
    const { state } = enter(situationOf(row, []), 0, ctx.now);
    await insertRollout(tx, { ...row, state });
    await addCandidate(tx, { workspaceId: ctx.workspaceId, endpointId: endpoint.id, modelVersionId: candidate.uuid, version: candidate.version, rolloutId: id, at: ctx.now });
    const { actor } = ctx;
    await appendDecision(tx, {
      workspaceId: ctx.workspaceId, rolloutId: id, at: ctx.now, actor: actor.name, actorId: actor.id, verb: 'start', reason: '',
      fromState: state, toState: state, step: 0, weights: weightsOf(0), evidence: null, evidenceHash: null,
    });
    await audit(tx, ctx, { verb: 'rollout.start', target: 'rollout', targetId: id, after: { endpoint: slug, candidate: candidate.version, baseline: row.baselineVersion, steps } });
  });
  tellMoved(row, 'traffic');
  await settleSoon(ctx, id);
  return getRollout(ctx, id);
}

/** The steps as they are carried out: what does not end in a promotion ends in a pause that a person ends. */
function readSteps({ steps, audience, metrics }: NewRollout): StepBody[] {
  const issues: Issue[] = [];
  const read = steps.map(readStep);
  read.forEach(({ kind }, i) => {
    if (kind === 'promote' && i < read.length - 1) issues.push({ path: `steps[${i}]`, message: 'Nothing comes after a promotion. Make it the last step.' });
  });
  (audience.rules ?? []).forEach((rule, i) => {
    try {
      parseExpression(rule.if);
    } catch (error) {
      issues.push({ path: `audience.rules[${i}].if`, message: error instanceof Error ? error.message : 'This expression cannot be read.', value: rule.if });
    }
  });
  const twice = metrics.find(({ metric }, i) => metrics.findIndex((each) => each.metric === metric) < i);
  if (twice) issues.push({ path: 'metrics', message: `Name "${twice.metric}" once.`, value: twice.metric });
  if (issues.length > 0) throw invalid('The rollout cannot be carried out as it is described.', issues);
  const last = read.at(-1);
  const waits = last?.kind === 'promote' || (last?.kind === 'pause' && last.seconds === null);
  return waits ? steps : [...steps, { pause: null }];
}

async function readCandidate(ctx: Context, endpoint: EndpointRow, number: number) {
  const refuse = (message: string, hint: string): AppError => invalid(message, [{ path: 'candidate', message: hint, value: number }]);
  const stable = endpoint.variants.find(({ name }) => name === 'stable');
  if (!stable) throw conflict(`The endpoint "${endpoint.slug}" has no stable version to compare with.`);
  const version = await getVersion(ctx, endpoint.modelName, number).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') throw refuse(`The model "${endpoint.modelName}" has no version ${number}.`, 'Give the number of one of its versions.');
    throw error;
  });
  if (version.uuid === stable.modelVersionId) throw refuse(`Version ${number} is the stable version of "${endpoint.slug}" already.`, 'Give another version.');
  if (version.status !== 'ready' || version.flavor === null) {
    throw refuse(`Version ${number} of "${endpoint.modelName}" cannot be served. ${version.problems[0] ?? 'It has no flavor that is served here.'}`, 'Give a version that is ready.');
  }
  const baseline = await getVersion(ctx, endpoint.modelName, stable.version);
  if (canonicalize(version.signature?.inputs) !== canonicalize(baseline.signature?.inputs) || canonicalize(version.signature?.outputs) !== canonicalize(baseline.signature?.outputs)) {
    throw refuse(`Version ${number} takes or gives other tensors than version ${stable.version}, which callers of "${endpoint.slug}" rely on.`, 'Serve it by an endpoint of its own, or register a version with the same signature.');
  }
  return { uuid: version.uuid, version: version.version, stable };
}

/** Carrying on is the controller's duty too, so a failure here is not the caller's. */
async function settleSoon(ctx: Context, id: string): Promise<void> {
  await settle(ctx.workspace, id, ctx.now).catch((error: unknown) => log.warn({ err: error, rollout: id }, 'a rollout was not carried on at once'));
}

/** requireRollout finds one of this workspace. @throws AppError not_found */
export async function requireRollout(ctx: Context, id: string): Promise<RolloutRow> {
  authorize(ctx, 'rollout:read');
  const row = isId(id) ? await findRollout(ctx.workspaceId, id) : null;
  if (!row) throw notFound('rollout', id);
  return row;
}

async function endpointOf(ctx: Context, row: RolloutRow): Promise<EndpointRow | null> {
  const slug = (await endpointNames(ctx.workspaceId, [row.endpointId])).get(row.endpointId)?.slug;
  return slug === undefined ? null : requireEndpoint(ctx, slug);
}

/** getRollout gives one with its ledger, and the evidence of now or, when it is over, of its end. @throws AppError not_found */
export async function getRollout(ctx: Context, id: string): Promise<RolloutView> {
  const row = await requireRollout(ctx, id);
  const [endpoint, decisions, mine] = await Promise.all([endpointOf(ctx, row), decisionsOf(ctx.workspaceId, id), idsOf(ctx)]);
  const live = isFinished(row.state) ? null : await gather(row, endpoint, ctx.now).catch(withoutEvidence(id));
  return viewOf(ctx, { row, endpoint, decisions, gathered: live, mine, authors: await authorsOf(row) });
}

const withoutEvidence = (id: string) => (error: unknown): null => {
  log.warn({ err: error, rollout: id }, 'the evidence of a rollout could not be read');
  return null;
};

/** A chart over a rollout's life has at most about this many points. */
const POINTS = 60;

/** rolloutOverTime counts a rollout's answers by variant over its life, with the width of a bin in seconds. @throws AppError not_found */
export async function rolloutOverTime(ctx: Context, id: string): Promise<{ seconds: number; bins: Bin[] }> {
  const row = await requireRollout(ctx, id);
  const lasted = ((row.finishedAt ?? ctx.now).getTime() - row.createdAt.getTime()) / 1000;
  const seconds = [1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 86_400].find((width) => lasted / width <= POINTS) ?? 86_400;
  return { seconds, bins: await binsOverTime(ctx.workspaceId, id, seconds) };
}

/** listRollouts lists rollouts, newest first. */
export async function listRollouts(ctx: Context, given: { limit: number; cursor?: string | undefined; state?: RolloutState | undefined; endpoint?: string | undefined }): Promise<{ items: RolloutSummary[]; nextCursor: string | null }> {
  authorize(ctx, 'rollout:read');
  if (given.cursor !== undefined && !isId(given.cursor)) throw invalid('The cursor is not one that this list gave.', [{ path: 'cursor', message: 'Leave it out to begin at the start.', value: given.cursor }]);
  const endpointId = given.endpoint === undefined ? null : (await requireEndpoint(ctx, given.endpoint)).id;
  const found = await rolloutPage(ctx.workspaceId, { before: given.cursor ?? null, limit: given.limit + 1, state: given.state ?? null, endpointId });
  const page = found.slice(0, given.limit);
  const names = await endpointNames(ctx.workspaceId, page.map((row) => row.endpointId));
  return { items: page.map((row) => summaryOf(row, names.get(row.endpointId) ?? null)), nextCursor: found.length > given.limit ? (page.at(-1)?.id ?? null) : null };
}

/** listWaiting lists the rollouts that ask for an approval, with whether this caller may give it or why not. */
export async function listWaiting(ctx: Context): Promise<Waiting[]> {
  authorize(ctx, 'rollout:read');
  const rows = await rolloutPage(ctx.workspaceId, { before: null, limit: 200, state: 'awaiting_approval', endpointId: null });
  const [mine, names] = await Promise.all([idsOf(ctx), endpointNames(ctx.workspaceId, rows.map((row) => row.endpointId))]);
  return Promise.all(
    rows.flatMap((row) => {
      const { approval } = row;
      return approval ? [authorsOf(row).then(async (authors) => waitsFor(ctx, { row, approval, names: names.get(row.endpointId) ?? null, authors, mine, last: (await decisionsOf(ctx.workspaceId, row.id))[0] ?? null }))] : [];
    }),
  );
}

/** Everybody that a caller is: a token is also the person who made it. */
async function idsOf({ actor }: Context): Promise<string[]> {
  if (actor.id === null) return [];
  const person = actor.kind === 'token' ? await personBehind(actor.id) : null;
  return person === null ? [actor.id] : [actor.id, person];
}

/** The author, and the person behind the author's token. */
async function authorsOf({ createdById }: RolloutRow): Promise<string[]> {
  if (createdById === null) return [];
  const person = await personBehind(createdById);
  return person === null ? [createdById] : [createdById, person];
}

/**
 * decideRollout carries out what a person decides, with the traffic that follows from it, in one transaction. Abort needs no
 * controller: the candidate's share is 0 when this returns.
 * @throws AppError not_found, forbidden for the author's own approval, conflict for what the state or a stale revision does not allow
 */
export async function decideRollout(ctx: Context, id: string, verb: Verb, body: DecisionBody): Promise<RolloutView> {
  await requireRollout(ctx, id);
  authorize(ctx, verb === 'abort' || verb === 'hold' ? 'rollout:write' : 'rollout:decide');
  for (let attempt = 1; ; attempt++) {
    if (await tryDecision(ctx, id, verb, body)) break;
    if (attempt === ATTEMPTS) throw conflict('The rollout moves faster than this decision. Look again, then decide.');
  }
  if (verb !== 'abort') await settleSoon(ctx, id);
  return getRollout(ctx, id);
}

/** @returns false when the rollout moved between the look and the lock, so that the evidence was of another moment */
async function tryDecision(ctx: Context, id: string, verb: Verb, body: DecisionBody): Promise<boolean> {
  const seen = await requireRollout(ctx, id);
  const [endpoint, authors, mine] = await Promise.all([endpointOf(ctx, seen), authorsOf(seen), idsOf(ctx)]);
  const gathered = await (verb === 'abort' ? gather(seen, endpoint, ctx.now, ABORT_EVIDENCE_MS).catch(withoutEvidence(id)) : gather(seen, endpoint, ctx.now));
  const moved = await inTransaction(async (tx) => {
    const row = await lockRollout(tx, ctx.workspaceId, id);
    if (!row) throw notFound('rollout', id);
    if (row.revision !== seen.revision && verb !== 'abort') return 'elsewhere';
    const by = { ids: mine, name: ctx.actor.name, role: ctx.role };
    const outcome = decide(situationOf(row, authors), { kind: 'decision', verb, by, reason: body.reason, revision: body.revision, evidenceHash: body.evidenceHash }, gathered?.known ?? NOTHING_KNOWN, ctx.now);
    if (outcome.kind === 'refused') throw new AppError(outcome.code, outcome.message);
    if (outcome.kind === 'nothing') return null;
    await move(tx, ctx, { row, slug: endpoint?.slug ?? '', outcome, by: { name: ctx.actor.name, id: ctx.actor.id }, gathered });
    return outcome;
  });
  if (moved === 'elsewhere') return false;
  if (moved) tellMoved(seen, moved.effect);
  return true;
}
