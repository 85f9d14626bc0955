import { beforeAll, expect, it } from 'vitest';
import { createPipeline, publish } from '@/lib/pipeline/server';
import { listEventTriggers } from '@/lib/scheduler/server';
import { createToken } from '@/lib/tenancy/server';
import { testDatabase } from '@/lib/testing';
import { callRoute } from '@/lib/testing/call-route';
import { makeContext, type TestContext } from '@/lib/testing/factories';
import { POST } from './hooks/[token]/route';
import { GET } from './w/[workspace]/events/route';

testDatabase();

let ctx: TestContext;
let token = '';

beforeAll(async () => {
  ctx = await makeContext('admin');
  const spec = { schemaVersion: 1, params: [{ name: 'n', type: 'integer', default: 0 }], tasks: [{ id: 'a', kind: 'empty', config: {} }], edges: [], triggers: [{ kind: 'webhook' }], settings: {}, layout: {} };
  await createPipeline(ctx, { slug: 'called', name: 'Called', spec });
  await publish(ctx, 'called', {});
  token = (await listEventTriggers(ctx, 'called')).items[0]!.hook!.path.split('/').at(-1)!;
});

const call = (sent: { token?: string; raw?: string; headers?: Record<string, string> }) =>
  callRoute(POST, { method: 'POST', token: '', params: { token: sent.token ?? token }, raw: sent.raw ?? '', ...(sent.headers ? { headers: sent.headers } : {}) });

it('answers 202 with the event and its run, without any API token', async () => {
  const { status, text } = await call({ raw: '{"n": 4}' });
  const { eventId, runId } = JSON.parse(text) as { eventId: string; runId: string };
  expect(status).toBe(202);
  const key = (await createToken(ctx, { name: 'viewer', role: 'viewer' })).token;
  const list = async (query: string) => JSON.parse((await callRoute(GET, { method: 'GET', token: key, workspace: ctx.workspace.slug, query })).text) as { items: { id: string; started: unknown[] }[]; nextCursor: string | null };
  expect((await list('?kind=webhook&pipeline=called')).items[0]).toMatchObject({ id: eventId, started: [{ pipeline: 'called', state: 'started', runId, reason: null }] });
  await call({ raw: '{"n": "many"}' });
  expect((await list('?state=refused')).items).toHaveLength(1);
  const first = await list('?limit=1');
  expect([first.items.length, (await list(`?limit=1&cursor=${first.nextCursor}`)).items[0]?.id]).toEqual([1, eventId]);
  expect(await list('?cursor=nonsense')).toMatchObject({ status: 422, errors: [{ path: 'cursor' }] });
});

it('refuses an unknown address with 404 and a body that is too large with 413', async () => {
  const large = 'x'.repeat(1024 * 1024 + 1);
  expect((await call({ token: 'x'.repeat(46), raw: large })).status).toBe(404);
  const { status, type } = await call({ raw: large });
  expect([status, type]).toEqual([413, 'application/problem+json']);
});

it('takes a call of one id once', async () => {
  const [one, two] = [await call({ headers: { 'idempotency-key': 'a' } }), await call({ headers: { 'idempotency-key': 'a' } })].map(({ text }) => JSON.parse(text) as { eventId: string; runId: string; reason?: string });
  expect(two).toMatchObject({ eventId: one!.eventId, runId: one!.runId, reason: expect.stringContaining('came before') as string });
});
