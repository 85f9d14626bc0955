import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { deleteFile, settleVersion, stageVersion, uploadFile, type Column } from '@/lib/datasets/server';
import { createPipeline, deletePipeline, publish, updatePipeline } from '@/lib/pipeline/server';
import { cancelRun, createRun, getRun, listRuns, markTask, type RunSummary } from '@/lib/runs/server';
import { putSecret } from '@/lib/tenancy/server';
import { testDatabase } from '@/lib/testing/database';
import { makeContext, type TestContext } from '@/lib/testing/factories';
import { DEEPEST } from './decide';
import { receiveHook } from './hooks';
import { listEventsQuery, type EventTriggerView } from './schema';
import { deliverEvents } from './service';
import { listEvents, listEventTriggers, renewHook } from './views';

testDatabase();

let ctx: TestContext;
let counter = 0;
const fresh = (word: string) => `${word}${(counter += 1)}`;
const now = () => new Date();

beforeAll(async () => {
  ctx = await makeContext('admin');
});
beforeEach(async () => {
  await prisma().pipeline.updateMany({ data: { archivedAt: new Date() } });
});

type Item = Record<string, unknown>;

async function pipelineWith(triggers: Item[], more: { params?: Item[]; writes?: string } = {}): Promise<string> {
  const slug = fresh('heard-');
  await createPipeline(ctx, { slug, name: slug });
  await publishWith(slug, triggers, more);
  return slug;
}

const publishWith = (slug: string, triggers: Item[], { params = [], writes }: { params?: Item[]; writes?: string } = {}) =>
  publish(ctx, slug, {
    spec: { schemaVersion: 1, params, tasks: [{ id: 'a', kind: writes ? 'sql' : 'empty', config: writes ? { sql: 'select 1 as n' } : {}, ...(writes ? { writes } : {}) }], edges: [], triggers, settings: {}, layout: {} },
  });

const runsOf = async (slug: string): Promise<RunSummary[]> => (await listRuns(ctx, { pipeline: slug, limit: 200 })).items.toReversed();
const eventsOf = async (pipeline: string) => (await listEvents(ctx, listEventsQuery.parse({ pipeline }))).items.toReversed();
const reasons = async (pipeline: string) => (await eventsOf(pipeline)).map(({ started }) => started.filter((each) => each.pipeline === pipeline).map(({ state, reason }) => (reason ? `${state}: ${reason.code}` : state)).join());

/** A good version of a dataset, made by a run or by nobody's. */
async function version(dataset: string, { runId = newId(), schema = [{ name: 'n', type: 'INTEGER' }] as Column[], good = true } = {}): Promise<void> {
  const versionId = newId();
  await inTransaction(async (tx) => {
    await stageVersion(tx, {
      workspaceId: ctx.workspaceId, dataset, mode: 'replace', table: { files: [], schema, rowCount: 1, bytes: 1 }, placed: { versionId, files: [{ path: 'x', rows: 1, bytes: 1 }] },
      runId, taskId: 'a', attempt: 1, pipelineSlug: 'writer', interval: null, now: now(),
    });
    await settleVersion(tx, ctx.workspaceId, versionId, good ? { state: 'good' } : { state: 'quarantined', reason: 'no' }, now());
  });
}

/** A dataset with a first version, before anything waits for it. */
async function datasetOf(word = 'orders'): Promise<string> {
  const name = fresh(word);
  await version(name);
  return name;
}

describe('a dataset trigger', () => {
  it('starts a run at each good version, in lane production, and not at one that is quarantined', async () => {
    const name = await datasetOf();
    const slug = await pipelineWith([{ kind: 'dataset', any: [name] }]);
    await version(name, { good: false });
    await deliverEvents(now());
    expect(await runsOf(slug)).toEqual([]);
    await version(name);
    await deliverEvents(now());
    const [event] = await eventsOf(slug);
    const [run] = await runsOf(slug);
    expect((await listEvents(ctx, listEventsQuery.parse({ id: run!.trigger.id }))).items).toEqual([event]);
    expect(run).toMatchObject({ trigger: { kind: 'dataset', id: event!.id }, lane: 'production', logicalDate: null, interval: null });
    expect(event).toMatchObject({ kind: 'dataset', subject: name, data: { version: 3 }, started: [{ pipeline: slug, state: 'started', runId: run!.id, reason: null }] });
    await version(name);
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(2);
  });

  it('waits until all of its datasets have a new version', async () => {
    const [a, b] = [await datasetOf(), await datasetOf()];
    const slug = await pipelineWith([{ kind: 'dataset', all: [a, b] }]);
    await version(a);
    await version(a);
    await deliverEvents(now());
    expect(await runsOf(slug)).toEqual([]);
    expect((await listEventTriggers(ctx, slug)).items[0]).toMatchObject({ came: [a], awaited: [b] });
    await version(b);
    await deliverEvents(now());
    const [run] = await runsOf(slug);
    expect(await runsOf(slug)).toHaveLength(1);
    expect(await reasons(slug)).toEqual(['counted: set_incomplete', 'counted: set_complete', 'started']);
    expect((await eventsOf(slug)).map(({ started }) => started[0]!.runId)).toEqual([null, run!.id, run!.id]);
    await version(b);
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(1);
  });

  it('goes by an expression', async () => {
    const [a, b, c] = [await datasetOf(), await datasetOf(), await datasetOf('raw-')];
    const slug = await pipelineWith([{ kind: 'dataset', expression: `${a} && (${b} || "${c}")` }]);
    await version(c);
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(0);
    await version(a);
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(1);
  });

  it('on a schema starts when the columns differ, and says how', async () => {
    const name = await datasetOf();
    const slug = await pipelineWith([{ kind: 'dataset', any: [name], on: 'schema' }]);
    await version(name);
    await version(name, { schema: [{ name: 'n', type: 'VARCHAR' }, { name: 'x', type: 'INTEGER' }] });
    await version(name, { schema: [{ name: 'x', type: 'INTEGER' }] });
    await deliverEvents(now());
    expect(await reasons(slug)).toEqual(['passed: schema_same', 'started', 'started']);
    expect((await eventsOf(slug)).map(({ data }) => data.schema)).toEqual([undefined, { added: ['x'], removed: [], retyped: ['n'] }, { added: [], removed: ['n'], retyped: [] }]);
  });

  it('does not start for versions of a backfill, nor of what a backfill calls, unless it says so', async () => {
    const name = await datasetOf();
    const [quiet, eager] = [await pipelineWith([{ kind: 'dataset', any: [name] }]), await pipelineWith([{ kind: 'dataset', any: [name], onBackfill: true }])];
    const parent = (await createRun(ctx, { pipelineSlug: quiet, trigger: { kind: 'backfill', id: newId() } })).id;
    const child = (await createRun(ctx, { pipelineSlug: quiet, trigger: { kind: 'subpipeline' }, parent: { runId: parent, ordinal: 0 } })).id;
    for (const runId of [parent, child]) await version(name, { runId });
    await deliverEvents(now());
    expect(await reasons(quiet)).toEqual(['passed: backfill', 'passed: backfill']);
    expect(await reasons(eager)).toEqual(['started', 'started']);
  });

  it('starts once, however many schedulers look at the same time', async () => {
    const name = await datasetOf();
    const slugs = await Promise.all([1, 2, 3].map(() => pipelineWith([{ kind: 'dataset', any: [name] }])));
    for (let i = 0; i < 4; i++) await version(name);
    await Promise.all(Array.from({ length: 5 }, () => deliverEvents(now())));
    await deliverEvents(now());
    for (const slug of slugs) expect(await runsOf(slug)).toHaveLength(4);
  });

  it('starts nothing, and nothing is lost, when the process dies before the commit', async () => {
    const name = await datasetOf();
    const slug = await pipelineWith([{ kind: 'dataset', all: [name] }]);
    await version(name);
    await prisma().$executeRawUnsafe(`create function cut() returns trigger language plpgsql as $$ begin raise exception 'cut'; end $$`);
    await prisma().$executeRawUnsafe(`create trigger cut before update on event_delivery for each row when (new.state = 'started') execute function cut()`);
    await deliverEvents(now());
    expect(await runsOf(slug)).toEqual([]);
    await prisma().$executeRawUnsafe(`drop function cut cascade`);
    await deliverEvents(now());
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(1);
  });

  it('hears what happens from its publishing on, and no more once a version has it no longer', async () => {
    const name = await datasetOf();
    const slug = await pipelineWith([{ kind: 'dataset', any: [name] }]);
    await version(name);
    await publishWith(slug, []);
    await deliverEvents(now());
    expect(await reasons(slug)).toEqual(['passed: removed']);
    await version(name);
    await deliverEvents(now());
    expect(await eventsOf(slug)).toHaveLength(1);
  });

  it('is refused at publish for an unknown dataset or its own, and taken for one that another pipeline is to write', async () => {
    const name = fresh('planned');
    const problem = async (more: Item, writes?: string) =>
      pipelineWith([{ kind: 'dataset', ...more }], writes ? { writes } : {}).then(() => 'published', (error: { issues: { path: string; message: string }[] }) => `${error.issues[0]!.path}: ${error.issues[0]!.message}`);
    expect(await problem({ any: [name] })).toMatch(/^triggers\[0\]\.any\[0\]: There is no dataset "planned\d+" in this workspace/);
    expect(await problem({ expression: `${name} && other` })).toMatch(/^triggers\[0\]\.expression: There is no dataset/);
    expect(await problem({ expression: `!${name}` })).toMatch(/^triggers\[0\]\.expression: .*must be names joined/);
    expect(await problem({ all: [name] }, name)).toMatch(/^triggers\[0\]\.all\[0\]: This pipeline writes dataset/);
    await pipelineWith([], { writes: name });
    expect(await problem({ any: [name] })).toBe('published');
  });
});

describe('while its pipeline is paused', () => {
  it('an event waits, says so, and starts its run when the pipeline is resumed', async () => {
    const slug = await pipelineWith([{ kind: 'file', glob: 'in/*.csv' }]);
    await updatePipeline(ctx, slug, { paused: true });
    for (const file of ['in/a.csv', 'in/b.csv']) await uploadFile(ctx, file, Buffer.from('x'));
    await deliverEvents(now());
    await deliverEvents(now());
    expect(await reasons(slug)).toEqual(['waiting: paused', 'waiting: paused']);
    await updatePipeline(ctx, slug, { paused: false });
    await deliverEvents(now());
    expect(await reasons(slug)).toEqual(['started', 'started']);
  });

  it('several versions of a dataset count together', async () => {
    const name = await datasetOf();
    const slug = await pipelineWith([{ kind: 'dataset', any: [name] }]);
    await updatePipeline(ctx, slug, { paused: true });
    for (let i = 0; i < 3; i++) await version(name);
    await deliverEvents(now());
    await updatePipeline(ctx, slug, { paused: false });
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(1);
    expect(await reasons(slug)).toEqual(['counted: paused', 'counted: paused', 'started']);
  });

  it('and what comes for one that is archived or switched off starts nothing', async () => {
    const [gone, off] = [await pipelineWith([{ kind: 'webhook' }]), await pipelineWith([{ kind: 'webhook', enabled: false }])];
    await updatePipeline(ctx, gone, { archived: true });
    expect((await call(gone)).reason).toMatch(/is archived/);
    expect((await call(off)).reason).toMatch(/switched off/);
    await deletePipeline(ctx, gone);
    expect((await eventsOf(gone))[0]!.started[0]).toMatchObject({ state: 'refused', reason: { code: 'archived' } });
  });
});

describe('a file trigger', () => {
  it('starts for files that its pattern names, with their path as a param', async () => {
    const slug = await pipelineWith([{ kind: 'file', glob: 'sales/**/*.csv' }], { params: [{ name: 'path', type: 'string', default: '' }] });
    for (const file of ['sales/2026/01/a.csv', 'sales/a.txt', 'other/a.csv', 'sales/2026/b+(1).csv']) await uploadFile(ctx, file, Buffer.from('x'));
    await deliverEvents(now());
    expect((await runsOf(slug)).map((run) => [run.trigger.kind, run.params.path])).toEqual([['file', 'sales/2026/01/a.csv'], ['file', 'sales/2026/b+(1).csv']]);
    await uploadFile(ctx, 'sales/2026/01/a.csv', Buffer.from('y'));
    await deleteFile(ctx, 'sales/2026/b+(1).csv');
    await deliverEvents(now());
    expect(await runsOf(slug)).toHaveLength(3);
  });

  it('does not hear files of other workspaces', async () => {
    const slug = await pipelineWith([{ kind: 'file', glob: '**' }]);
    await uploadFile(await makeContext('admin'), 'in/a.csv', Buffer.from('x'));
    await deliverEvents(now());
    expect([await runsOf(slug), await eventsOf(slug)]).toEqual([[], []]);
  });
});

describe('a run trigger', () => {
  const ended = async (slug: string, state: 'succeeded' | 'failed' | 'cancelled', trigger?: { kind: 'backfill' | 'run'; id: string }) => {
    const { id } = await createRun(ctx, { pipelineSlug: slug, ...(trigger ? { trigger } : {}) });
    if (state === 'cancelled') await cancelRun(ctx, id);
    else await markTask(ctx, id, 'a', { state, reason: 'by hand' });
    expect((await getRun(ctx, id)).state).toBe(state);
    return id;
  };

  it('starts at the ends that it names, by default at success', async () => {
    const first = await pipelineWith([]);
    const [success, others] = [await pipelineWith([{ kind: 'run', pipeline: first }]), await pipelineWith([{ kind: 'run', pipeline: first, states: ['failed', 'cancelled'] }])];
    for (const state of ['succeeded', 'failed', 'cancelled'] as const) await ended(first, state);
    await deliverEvents(now());
    expect([(await runsOf(success)).length, (await runsOf(others)).length]).toEqual([1, 2]);
    expect((await runsOf(success))[0]).toMatchObject({ trigger: { kind: 'run' }, lane: 'production' });
    expect((await eventsOf(others)).map(({ subject, data }) => [subject, data.state])).toEqual([[first, 'failed'], [first, 'cancelled']]);
  });

  it('does not start for runs of a backfill', async () => {
    const first = await pipelineWith([]);
    const second = await pipelineWith([{ kind: 'run', pipeline: first }]);
    await ended(first, 'succeeded', { kind: 'backfill', id: newId() });
    await deliverEvents(now());
    expect(await reasons(second)).toEqual(['passed: backfill']);
  });

  it('ends a circle of pipelines that start each other', async () => {
    const [one, two] = [await pipelineWith([]), await pipelineWith([])];
    await publishWith(one, [{ kind: 'run', pipeline: two }]);
    await publishWith(two, [{ kind: 'run', pipeline: one }]);
    await ended(one, 'succeeded');
    for (let i = 0; i < DEEPEST + 6; i++) {
      await deliverEvents(now());
      for (const run of [...(await runsOf(one)), ...(await runsOf(two))].filter(({ state }) => state === 'queued')) await markTask(ctx, run.id, 'a', { state: 'succeeded', reason: 'by hand' });
    }
    expect((await runsOf(one)).length + (await runsOf(two)).length).toBe(DEEPEST + 2);
    expect((await Promise.all([reasons(one), reasons(two)])).flat()).toContain('passed: chain_too_deep');
  });

  it('is refused at publish for an unknown pipeline and for its own', async () => {
    await expect(pipelineWith([{ kind: 'run', pipeline: 'nowhere' }])).rejects.toMatchObject({ issues: [{ path: 'triggers[0].pipeline' }] });
    const slug = await pipelineWith([]);
    await expect(publishWith(slug, [{ kind: 'run', pipeline: slug }])).rejects.toMatchObject({ issues: [{ path: 'triggers[0].pipeline' }] });
  });
});

const hookOf = async (slug: string, at = 0): Promise<EventTriggerView & { token: string }> => {
  const found = (await listEventTriggers(ctx, slug)).items[at]!;
  return { ...found, token: found.hook!.path.split('/').at(-1)! };
};

async function call(slug: string, { body = '', headers = {}, token }: { body?: string; headers?: Record<string, string>; token?: string } = {}) {
  return receiveHook(token ?? (await hookOf(slug)).token, new Headers(headers), () => Promise.resolve(Buffer.from(body)), now());
}

describe('a webhook', () => {
  it('starts a run with the fields of its body that are params', async () => {
    const slug = await pipelineWith([{ kind: 'webhook' }], { params: [{ name: 'month', type: 'integer', default: 1, minimum: 1, maximum: 12 }, { name: 'body', type: 'json', default: null }] });
    const { eventId, runId, reason } = await call(slug, { body: '{"month": 7, "other": true}' });
    expect(reason).toBeUndefined();
    expect(await getRun(ctx, runId!)).toMatchObject({ trigger: { kind: 'webhook', id: eventId }, lane: 'production', params: { month: 7, body: { month: 7, other: true } } });
    expect((await eventsOf(slug))[0]).toMatchObject({ id: eventId, kind: 'webhook', subject: slug, started: [{ pipeline: slug, state: 'started', runId }] });
    expect(await call(slug, { body: 'plain text' })).toMatchObject({ runId: expect.any(String) as string });
  });

  it('says why it starts nothing: a value that is no such param', async () => {
    const slug = await pipelineWith([{ kind: 'webhook' }], { params: [{ name: 'month', type: 'integer', default: 1, maximum: 12 }] });
    const { eventId, runId, reason } = await call(slug, { body: '{"month": 13}' });
    expect([runId, reason]).toEqual([undefined, 'Param "month" is 13; expected at most 12.']);
    expect((await eventsOf(slug))[0]).toMatchObject({ id: eventId, started: [{ state: 'refused', runId: null }] });
  });

  it.each(['{"a": "\\u0000"}', '{"\\ud800": 1}', 'x\u0000y'])('refuses a body that no text can hold: %j', async (body) => {
    const slug = await pipelineWith([{ kind: 'webhook' }]);
    await expect(call(slug, { body })).rejects.toMatchObject({ code: 'invalid' });
    expect(await call(slug, { body: '{"a": "\\\\u0000 is written so, and \\ud83d\\ude00 is a face"}' })).toMatchObject({ runId: expect.any(String) as string });
  });

  it('takes a call of one id once, also when both come at once', async () => {
    const slug = await pipelineWith([{ kind: 'webhook' }]);
    const headers = { 'idempotency-key': 'order-1' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => call(slug, { headers })));
    expect(new Set(answers.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect(answers.filter(({ reason }) => reason === undefined)).toHaveLength(1);
    expect(await runsOf(slug)).toHaveLength(1);
    await call(slug, { headers: { 'webhook-id': 'order-2' } });
    expect(await runsOf(slug)).toHaveLength(2);
  });

  it('waits while its pipeline is paused', async () => {
    const slug = await pipelineWith([{ kind: 'webhook' }], { params: [{ name: 'month', type: 'integer', default: 1 }] });
    await updatePipeline(ctx, slug, { paused: true });
    expect(await call(slug, { body: '{"month": 3}' })).toEqual({ eventId: expect.any(String) as string, reason: expect.stringContaining('is paused') as string });
    await updatePipeline(ctx, slug, { paused: false });
    await deliverEvents(now());
    expect((await runsOf(slug)).map(({ params }) => params)).toEqual([{ month: 3 }]);
  });

  it('keeps its address over versions, and has another one when it is renewed', async () => {
    const slug = await pipelineWith([{ kind: 'webhook' }]);
    const { token, id } = await hookOf(slug);
    await publishWith(slug, [{ kind: 'schedule', cron: '0 6 * * *' }, { kind: 'webhook' }], { params: [{ name: 'x', type: 'string', default: '' }] });
    expect((await hookOf(slug)).token).toBe(token);
    await renewHook(ctx, slug, id);
    await expect(call(slug, { token })).rejects.toMatchObject({ code: 'not_found' });
    expect(await call(slug)).toMatchObject({ runId: expect.any(String) as string });
  });

  it.each(['x', 'A'.repeat(46), '../../etc'])('is not found at %s', async (token) => {
    await expect(call('', { token })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('with a signature takes Standard Webhooks and x-hub-signature-256, and nothing else', async () => {
    await putSecret(ctx, 'hook_key', { value: 'swordfish' });
    const [own, named] = [await pipelineWith([{ kind: 'webhook', auth: 'hmac' }]), await pipelineWith([{ kind: 'webhook', auth: { type: 'hmac', secret: 'hook_key' } }])];
    const secret = (await hookOf(own)).hook!.signingSecret!;
    const body = '{"a":1}';
    const signed = (at: Date, key = Buffer.from(secret.slice(6), 'base64')) => {
      const seconds = String(Math.floor(at.getTime() / 1000));
      return { 'webhook-id': fresh('m'), 'webhook-timestamp': seconds, 'webhook-signature': `v1,${createHmac('sha256', key).update(`m${counter}.${seconds}.${body}`).digest('base64')}` };
    };
    expect(await call(own, { body, headers: signed(now()) })).toMatchObject({ runId: expect.any(String) as string });
    const hex = createHmac('sha256', 'swordfish').update(body).digest('hex');
    expect(await call(named, { body, headers: { 'x-hub-signature-256': `sha256=${hex}` } })).toMatchObject({ runId: expect.any(String) as string });
    for (const [slug, headers] of [
      [own, {}],
      [own, signed(new Date(Date.now() - 600_000))],
      [own, signed(now(), Buffer.from('other'))],
      [named, { 'x-hub-signature-256': `sha256=${hex.replace(/^./, 'x')}` }],
      [named, { authorization: 'Bearer swordfish' }],
    ] as const) await expect(call(slug, { body, headers })).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(call(own, { body: '{"a":2}', headers: signed(now()) })).rejects.toMatchObject({ code: 'unauthorized' });
    expect([await runsOf(own), await runsOf(named)].map((runs) => runs.length)).toEqual([1, 1]);
  });

  it('may ask its callers for a secret', async () => {
    await putSecret(ctx, 'caller', { value: 'tell-me' });
    const slug = await pipelineWith([{ kind: 'webhook', auth: { type: 'token', secret: 'caller' } }]);
    await expect(call(slug)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await call(slug, { headers: { authorization: 'Bearer tell-me' } })).toMatchObject({ runId: expect.any(String) as string });
    await expect(pipelineWith([{ kind: 'webhook', auth: { type: 'token', secret: 'nowhere' } }])).rejects.toMatchObject({ issues: [{ path: 'triggers[0].auth.secret' }] });
  });

  it('shows its address to whoever may change the pipeline', async () => {
    const slug = await pipelineWith([{ kind: 'webhook', auth: 'hmac' }]);
    const viewer = await makeContext('viewer', { workspace: ctx.workspace });
    expect((await listEventTriggers(viewer, slug)).items[0]).toMatchObject({ kind: 'webhook', hook: null });
  });
});
