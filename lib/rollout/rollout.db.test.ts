import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { createModel } from '@/lib/registry/server';
import { createEndpoint, getEndpoint, readLedger } from '@/lib/serving/server';
import { createToken } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { decisionBody, newRolloutSchema, type Verb } from './index';
import { decideRollout, getRollout, listRollouts, listWaiting, makeController, settle, startRollout } from './server';

testDatabase();

let author: TestContext;
let second: TestContext;
let third: TestContext;
let editor: TestContext;
let count = 0;

async function addVersion(model: string, number: number, { status = 'ready', input = 'x' } = {}): Promise<void> {
  const { id: modelId } = await prisma().registeredModel.findFirstOrThrow({ where: { workspaceId: author.workspaceId, name: model } });
  const signature = { inputs: [{ name: input, datatype: 'FP32', shape: [-1, 1] }], outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 1] }], features: [] };
  await prisma().modelVersion.create({ data: { id: newId(), workspaceId: author.workspaceId, modelId, number, status, flavor: status === 'ready' ? 'onnx' : null, files: [], sha256: 'x', bytes: 1n, signature, problems: status === 'ready' ? [] : ['The file is no ONNX model.'] } });
}

async function endpoint(): Promise<string> {
  const slug = `fares-${(count += 1)}`;
  await createEndpoint(author, { slug, model: 'fare', version: 1 });
  return slug;
}

beforeAll(async () => {
  author = await makeContext('admin');
  const workspace = author.workspace;
  second = await makeContext('approver', { workspace });
  third = await makeContext('admin', { workspace });
  editor = await makeContext('editor', { workspace });
  await createModel(author, { name: 'fare' });
  for (const number of [1, 2]) await addVersion('fare', number);
  await addVersion('fare', 3, { status: 'failed' });
  await addVersion('fare', 4, { input: 'other' });
});

const GATED = [{ weight: 5 }, { approve: {} }, { weight: 25 }, { pause: null }, { promote: {} }];
const start = async (slug: string, steps: unknown = GATED, more: object = {}) => startRollout(author, slug, newRolloutSchema.parse({ candidate: 2, steps, unit: 'user', ...more }));
const decide = (ctx: TestContext, id: string, verb: Verb, more: object = {}) => decideRollout(ctx, id, verb, decisionBody.parse({ reason: 'because', ...more }));
const get = (id: string) => getRollout(author, id);
const tick = (id: string, now = new Date()) => settle(author.workspace, id, now);
const shares = async (slug: string) => Object.fromEntries((await getEndpoint(author, slug)).variants.map(({ name, version, weight }) => [name, [version, weight]]));

/** The gateway says that the candidate answers. */
async function makeReady(id: string, ready = 1): Promise<void> {
  await prisma().variant.updateMany({ where: { rolloutId: id }, data: { ready } });
  await tick(id);
}

/** started gives a rollout at its first approval, at 5 %. */
async function started(steps?: unknown, more?: object) {
  const slug = await endpoint();
  const { id } = await start(slug, steps, more);
  await makeReady(id);
  return { slug, id };
}

/** Answers in the log as the gateway writes them. */
async function answer(id: string, variant: 'stable' | 'candidate', units: number, { status = 200, latencyUs = 1000, step = 0, offset = 0, assignedBy = 'hash' } = {}): Promise<void> {
  const { endpointId, candidateVersionId, baselineVersionId, candidateVersion, baselineVersion } = await prisma().rollout.findUniqueOrThrow({ where: { id } });
  const at = new Date();
  await prisma().$executeRaw`
    insert into inference_log (id, received_at, at, workspace_id, endpoint_id, variant, model_version_id, version, rollout_id, rollout_step, unit_id, bucket, assigned_by, latency_us, status, score)
    select gen_random_uuid(), ${at}, ${at}, ${author.workspaceId}::uuid, ${endpointId}::uuid, ${variant}, ${variant === 'stable' ? baselineVersionId : candidateVersionId}::uuid,
      ${variant === 'stable' ? baselineVersion : candidateVersion}, ${id}::uuid, ${step}, ${variant} || (n + ${offset}::int), 1, ${assignedBy}, ${latencyUs} + n % 100, ${status}, 0.5 + (n % 10) / 100.0
    from generate_series(1, ${units}) n`;
}

describe('starting', () => {
  it('puts the candidate behind the endpoint at 0 %, and moves when it is ready', async () => {
    const slug = await endpoint();
    const made = await start(slug);
    expect(made).toMatchObject({ state: 'running', step: 0, weights: { stable: 100, candidate: 0 }, candidate: { version: 2 }, baseline: { version: 1 }, unit: 'user' });
    expect(await shares(slug)).toEqual({ stable: [1, 100], candidate: [2, 0] });
    await tick(made.id);
    expect((await get(made.id)).weights.candidate).toBe(0);
    await makeReady(made.id);
    expect(await get(made.id)).toMatchObject({ state: 'awaiting_approval', step: 1, weights: { stable: 95, candidate: 5 }, approval: { role: 'approver', minApprovers: 1 } });
    expect(await shares(slug)).toEqual({ stable: [1, 95], candidate: [2, 5] });
    const { routing } = await prisma().endpoint.findFirstOrThrow({ where: { slug } });
    expect(routing).toMatchObject({ rolloutId: made.id, step: 0, seed: made.id });
    expect((await listRollouts(author, { limit: 10, endpoint: slug })).items.map(({ id }) => id)).toEqual([made.id]);
  });
  it.each<[string, object, string]>([
    ['a version that does not exist', { candidate: 9 }, 'candidate'],
    ['the stable version', { candidate: 1 }, 'candidate'],
    ['a version that failed', { candidate: 3 }, 'candidate'],
    ['a version with another signature', { candidate: 4 }, 'candidate'],
    ['a promotion before the end', { steps: [{ promote: {} }, { weight: 5 }] }, 'steps[0]'],
    ['a rule that cannot be read', { audience: { rules: [{ if: 'item.x ==' }] } }, 'audience.rules[0].if'],
    ['a metric twice', { metrics: ['error_rate', 'error_rate'] }, 'metrics'],
  ])('refuses %s', async (_, more, path) => {
    const slug = await endpoint();
    const body = newRolloutSchema.parse({ candidate: 2, steps: GATED, unit: 'user', ...more });
    await expect(startRollout(author, slug, body)).rejects.toMatchObject({ code: 'invalid', issues: [{ path }] });
    expect(await shares(slug)).toEqual({ stable: [1, 100] });
  });
  it('refuses a second one at a time, and ends what has no promotion in a pause', async () => {
    const { slug, id } = await started([{ weight: 10 }]);
    expect(await get(id)).toMatchObject({ state: 'paused', step: 1, weights: { candidate: 10 } });
    await expect(start(slug)).rejects.toMatchObject({ code: 'conflict' });
    await expect(decide(second, id, 'resume')).rejects.toMatchObject({ code: 'conflict' });
    await decide(second, id, 'abort');
    await expect(start(slug)).resolves.toMatchObject({ state: 'running' });
  });
});

describe('approving', () => {
  it('is not for the author, nor for the author\'s token; a second person moves the traffic', async () => {
    const { slug, id } = await started();
    await expect(decide(author, id, 'approve')).rejects.toMatchObject({ code: 'forbidden' });
    const token = await createToken(author, { name: 'ci', role: 'admin' });
    const machine = { ...author, actor: { kind: 'token', id: token.id, name: 'ci' } } as unknown as TestContext;
    await expect(decide(machine, id, 'approve')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(editor, id, 'approve')).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listWaiting(author)).find((each) => each.id === id)?.whyNot).toContain('somebody else');
    expect((await listWaiting(second)).find((each) => each.id === id)).toMatchObject({ whyNot: null, next: 25 });
    expect(await decide(second, id, 'approve')).toMatchObject({ state: 'paused', step: 3, weights: { stable: 75, candidate: 25 } });
    expect(await shares(slug)).toEqual({ stable: [1, 75], candidate: [2, 25] });
    expect(await decide(second, id, 'resume')).toMatchObject({ state: 'completed', weights: { stable: 0, candidate: 100 } });
    expect(await shares(slug)).toEqual({ stable: [2, 100] });
  });
  it('is asked for by mail, of those who may', async () => {
    const { id } = await started();
    const mails = await prisma().outboxMessage.findMany({ where: { workspaceId: author.workspaceId, kind: 'mail' } });
    const mine = mails.map(({ payload }) => payload as { to: string[]; text: string }).filter(({ text }) => text.includes(id));
    expect(mine).toHaveLength(1);
    expect(mine[0]!.to).toHaveLength(2);
  });
  it('lapses when the evidence changes, and is refused on evidence of before', async () => {
    const { id } = await started([{ weight: 5 }, { approve: { minApprovers: 2 } }, { promote: {} }]);
    const before = await get(id);
    expect(await decide(second, id, 'approve', { evidenceHash: before.evidenceHash })).toMatchObject({ state: 'awaiting_approval', approval: { approvals: [{ by: second.actor.name }] } });
    await answer(id, 'stable', 10);
    await tick(id);
    expect((await get(id)).approval?.approvals).toHaveLength(1);
    await answer(id, 'stable', 2000, { offset: 10 });
    await answer(id, 'candidate', 2000);
    const changed = await get(id);
    expect(changed.evidenceHash).not.toBe(before.evidenceHash);
    await expect(decide(third, id, 'approve', { evidenceHash: before.evidenceHash })).rejects.toMatchObject({ code: 'conflict' });
    await tick(id);
    expect(await get(id)).toMatchObject({ state: 'awaiting_approval', approval: { approvals: [], evidenceHash: changed.evidenceHash } });
    expect((await get(id)).decisions[0]).toMatchObject({ verb: 'ask', reason: 'The evidence has changed. The approval given before lapsed.' });
  });
  it('that comes too late finds the rollout held', async () => {
    const { id } = await started([{ weight: 5 }, { approve: { expiresSeconds: 60 } }, { promote: {} }]);
    await tick(id, new Date(Date.now() + 61_000));
    expect(await get(id)).toMatchObject({ state: 'held', weights: { candidate: 5 } });
    await expect(decide(second, id, 'approve')).rejects.toMatchObject({ code: 'conflict' });
    expect(await decide(second, id, 'resume')).toMatchObject({ state: 'awaiting_approval' });
  });
  it('of a stale revision is refused', async () => {
    const { id } = await started();
    const { revision } = await get(id);
    await expect(decide(second, id, 'approve', { revision: revision - 1 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(decide(second, id, 'hold', { revision })).resolves.toMatchObject({ state: 'held' });
  });
});

describe('aborting', () => {
  it('takes the candidate away at once, without a controller, twice as once', async () => {
    const { slug, id } = await started();
    expect(await decide(editor, id, 'abort', { revision: 1 })).toMatchObject({ state: 'rolled_back', weights: { stable: 100, candidate: 0 } });
    expect(await shares(slug)).toEqual({ stable: [1, 100] });
    const rows = (await get(id)).decisions.length;
    expect(await decide(second, id, 'abort')).toMatchObject({ state: 'rolled_back' });
    expect((await get(id)).decisions).toHaveLength(rows);
    expect((await readLedger(author, slug, { limit: 1 })).items[0]).toMatchObject({ verb: 'abort', rolloutId: id, weights: [{ variant: 'stable', weight: 100 }] });
  });
  it('wins over an approval at the same time, in either order', async () => {
    for (let i = 0; i < 5; i++) {
      const { slug, id } = await started();
      const [, aborted] = await Promise.allSettled([decide(second, id, 'approve'), decide(third, id, 'abort')]);
      expect(aborted.status).toBe('fulfilled');
      await tick(id);
      expect((await get(id)).state).toBe('rolled_back');
      expect(await shares(slug)).toEqual({ stable: [1, 100] });
    }
  });
});

describe('the controller', () => {
  it('goes on from the row, whoever was killed, and several at once do everything once', async () => {
    const { slug, id } = await started([{ weight: 5 }, { pause: 30 }, { weight: 50 }, { pause: 30 }, { promote: {} }]);
    const at = (seconds: number) => () => new Date(Date.now() + seconds * 1000);
    const many = (clock: () => Date) => Promise.all([1, 2, 3].map(() => makeController(clock)()));
    await many(at(31));
    expect(await get(id)).toMatchObject({ state: 'paused', step: 3, weights: { candidate: 50 } });
    await many(at(62));
    expect(await get(id)).toMatchObject({ state: 'completed' });
    expect(await shares(slug)).toEqual({ stable: [2, 100] });
    const verbs = (await get(id)).decisions.map(({ verb }) => verb).toReversed();
    expect(verbs).toEqual(['start', 'weight', 'advance', 'weight', 'advance', 'complete']);
  });
  it('rolls back by itself when a guard fails', async () => {
    const { slug, id } = await started([{ weight: 5 }, { pause: null }]);
    await answer(id, 'stable', 1000);
    await answer(id, 'candidate', 60, { status: 500 });
    await tick(id);
    const after = await get(id);
    expect(after).toMatchObject({ state: 'rolled_back', evidence: { verdict: 'failed', candidate: { rows: 60, errors: 60 } } });
    expect(after.reason).toMatch(/^Errors: 100\.00 % against 0\.00 %, past the margin of 1\.00 %/);
    expect(await shares(slug)).toEqual({ stable: [1, 100] });
    expect(after.decisions[0]).toMatchObject({ actor: 'rollout', verb: 'guard' });
    expect(after.decisions[0]!.evidenceHash).toMatch(/^[0-9a-f]{64}$/);
  });
  it('does not count what a list sent, and never takes missing data for success', async () => {
    const { id } = await started([{ weight: 50 }, { analysis: { metrics: ['error_rate'] } }, { promote: {} }]);
    await answer(id, 'candidate', 500, { assignedBy: 'forced', status: 500 });
    await answer(id, 'stable', 30);
    await tick(id);
    expect(await get(id)).toMatchObject({ state: 'running', step: 1, evidence: { verdict: 'inconclusive', candidate: { rows: 0, errorRate: null } } });
  });
  it('goes on after an analysis that finds the candidate no worse', async () => {
    const { id } = await started([{ weight: 50 }, { analysis: { metrics: [{ metric: 'error_rate', margin: 0.05 }, 'latency_p95'] } }, { pause: null }]);
    await answer(id, 'stable', 3000);
    await answer(id, 'candidate', 3000);
    await tick(id);
    const after = await get(id);
    expect(after).toMatchObject({ state: 'paused', step: 2, evidence: { sampleRatio: { state: 'as_planned', phases: [{ weight: 50, stable: 3000, candidate: 3000 }] } } });
    expect(after.decisions[0]!.reason).toContain('v2 is no worse.');
    const latency = after.evidence!.comparisons.find(({ metric }) => metric === 'latency_p95')!;
    expect(latency).toMatchObject({ finding: 'no_worse', guard: true });
    expect(latency.candidate).toBeCloseTo(1.094, 2);
  });
  it('takes a slow candidate back', async () => {
    const { id } = await started([{ weight: 50 }, { pause: null }]);
    await answer(id, 'stable', 3000);
    await answer(id, 'candidate', 3000, { latencyUs: 50_000 });
    await tick(id);
    expect((await get(id)).reason).toMatch(/^Latency p95: 50\.1 ms against 1\.1 ms/);
  });
  it('holds a comparison whose split is broken', async () => {
    const { id } = await started([{ weight: 50 }, { analysis: { metrics: ['error_rate'] } }, { promote: {} }]);
    await answer(id, 'stable', 3000);
    await answer(id, 'candidate', 2000);
    await tick(id);
    expect(await get(id)).toMatchObject({ state: 'held', evidence: { verdict: 'error', sampleRatio: { state: 'off' } } });
  });
  it('takes a candidate that lost its replicas out and puts it back', async () => {
    const { slug, id } = await started([{ weight: 5 }, { pause: null }]);
    await makeReady(id, 0);
    expect(await shares(slug)).toEqual({ stable: [1, 100], candidate: [2, 0] });
    await makeReady(id);
    expect(await shares(slug)).toEqual({ stable: [1, 95], candidate: [2, 5] });
  });
  it('counts copies of calls in the shadow before any traffic moves', async () => {
    const { slug, id } = await started([{ shadow: { percent: 50, minRows: 100 } }, { weight: 5 }, { pause: null }]);
    expect(await get(id)).toMatchObject({ state: 'running', step: 0, weights: { candidate: 0 } });
    expect((await prisma().endpoint.findFirstOrThrow({ where: { slug } })).routing).toMatchObject({ step: 0, shadow: { percent: 50 } });
    await answer(id, 'candidate', 99, { assignedBy: 'shadow' });
    await answer(id, 'stable', 200, { assignedBy: 'only' });
    await tick(id);
    expect((await get(id)).step).toBe(0);
    await answer(id, 'candidate', 1, { assignedBy: 'shadow', offset: 99 });
    await tick(id);
    expect(await get(id)).toMatchObject({ state: 'paused', step: 2, weights: { candidate: 5 } });
    expect((await prisma().endpoint.findFirstOrThrow({ where: { slug } })).routing).not.toHaveProperty('shadow');
  });
});
