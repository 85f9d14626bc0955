import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stopReaders } from '@/lib/datasets/server';
import { type RouteHandler } from '@/lib/http/route';
import { includesRole, PERMISSIONS } from '@/lib/tenancy';
import { testDatabase } from '@/lib/testing';
import { callRoute } from '@/lib/testing/call-route';
import { makeTenant, tenantSpec, type Tenant } from '@/lib/testing/isolation';
import { ROUTES } from './manifest';

vi.setConfig({ testTimeout: 120_000 });
testDatabase();

type Given = { params?: Record<string, string>; query?: string; body?: unknown; raw?: string };
/**
 * How each route names what it is about: `thing` names something that another workspace does not have; `list` gives what the
 * caller's workspace has; `name` makes or replaces by a name, in the caller's workspace; `path` names a file in the query,
 * which is judged after the role.
 */
type Case = { about: 'thing' | 'list' | 'name' | 'path'; good: (of: Tenant) => Given; status?: number };

const run = (of: Tenant) => ({ id: of.runId });
const task = (of: Tenant) => ({ ...run(of), taskId: of.taskId });
const pipeline = (of: Tenant) => ({ slug: of.slug });
const backfill = (of: Tenant) => ({ ...pipeline(of), id: of.backfillId });
const dataset = (of: Tenant) => ({ name: of.dataset });
const version = (of: Tenant) => ({ name: of.dataset, n: '1' });
const model = (of: Tenant) => ({ name: of.model });
const endpoint = (of: Tenant) => ({ slug: of.endpoint });
const rollout = (of: Tenant) => ({ id: of.rolloutId });
const reasoned = { body: () => ({ reason: 'because' }) };
const named = (of: Tenant) => ({ name: of.name });
const thing = (params: (of: Tenant) => Record<string, string>, more: { body?: (of: Tenant) => unknown; query?: string; status?: number } = {}): Case => ({
  about: 'thing',
  good: (of) => ({ params: params(of), ...(more.body ? { body: more.body(of) } : {}), ...(more.query ? { query: more.query } : {}) }),
  ...(more.status ? { status: more.status } : {}),
});
const list = (query = ''): Case => ({ about: 'list', good: () => ({ query }) });
const make = (about: 'list' | 'name', good: Case['good'], status = 200): Case => ({ about, good, status });

/** Every route, in an order in which the owner can call them all: what ends or removes something comes last. */
const CASES: Record<string, Case> = {
  'GET /pipelines': list(),
  'POST /pipelines': make('list', (of) => ({ body: { slug: `${of.mark}-new`, name: 'New' } }), 201),
  'GET /pipelines/{slug}': thing(pipeline),
  'PATCH /pipelines/{slug}': thing(pipeline, { body: () => ({ name: 'Renamed' }) }),
  'PUT /pipelines/{slug}/draft': thing(pipeline, { body: (of) => ({ baseRevision: 2, spec: of.spec }) }),
  'POST /pipelines/{slug}/publish': thing(pipeline, { body: () => ({ message: 'again' }) }),
  'POST /pipelines/{slug}/validate': thing(pipeline, { body: (of) => ({ spec: of.spec }) }),
  'POST /validate': make('list', (of) => ({ body: { spec: of.spec } })),
  'POST /pipelines/{slug}/try': thing(pipeline, { body: (of) => ({ spec: of.spec, taskId: 'first' }), status: 201 }),
  'POST /pipelines/{slug}/runs': thing(pipeline, { body: () => ({}), status: 201 }),
  'GET /pipelines/{slug}/grid': thing(pipeline),
  'GET /pipelines/{slug}/versions': thing(pipeline),
  'GET /pipelines/{slug}/versions/{version}': thing((of) => ({ ...pipeline(of), version: '1' })),
  'GET /pipelines/{slug}/versions/{version}/diff/{other}': thing((of) => ({ ...pipeline(of), version: '1', other: '2' })),
  'POST /pipelines/{slug}/versions/{version}/restore': thing((of) => ({ ...pipeline(of), version: '1' }), { body: () => ({}) }),

  'GET /runs': list(),
  'GET /runs/{id}': thing(run),
  'GET /runs/{id}/events': thing(run),
  'GET /runs/{id}/wait': thing(run, { query: '?timeoutSeconds=0' }),
  'GET /runs/{id}/why': thing(run),
  'POST /runs/{id}/raise': thing(run, { body: () => ({ priority: 5 }), status: 409 }),
  'GET /runs/{id}/rerun-plan': thing(run),
  'GET /runs/{id}/tasks': thing(run),
  'GET /runs/{id}/timeline': thing(run),
  'GET /runs/{id}/comparison': thing(run),
  'GET /runs/{id}/tasks/{taskId}/attempts': thing(task),
  'GET /runs/{id}/tasks/{taskId}': thing(task),
  'GET /runs/{id}/tasks/{taskId}/parts': thing(task),
  'GET /runs/{id}/tasks/{taskId}/logs': thing(task),
  'GET /runs/{id}/tasks/{taskId}/output': thing(task),
  'GET /runs/{id}/tasks/{taskId}/output/artifacts': thing(task),
  'GET /runs/{id}/tasks/{taskId}/output/artifacts/{artifactId}': thing((of) => ({ ...task(of), artifactId: of.artifactId })),
  'POST /runs/{id}/tasks/{taskId}/approve': thing(task, { body: () => ({ decision: 'approve', reason: 'fine' }), status: 409 }),
  'GET /approvals': list(),
  'POST /runs/{id}/tasks/{taskId}/mark': thing(task, { body: () => ({ state: 'failed', reason: 'wrong' }) }),
  'POST /runs/{id}/tasks/{taskId}/clear': thing(task, { body: () => ({}) }),
  'POST /runs/{id}/cancel': thing(run),
  'POST /runs/{id}/rerun': thing(run, { body: () => ({ from: 'start' }) }),

  'GET /datasets': list(),
  'GET /datasets/{name}': thing(dataset),
  'GET /datasets/{name}/checks': thing(dataset),
  'PUT /datasets/{name}/checks': thing(dataset, { body: () => ({ checks: [] }) }),
  'GET /datasets/{name}/versions': thing(dataset),
  'GET /datasets/{name}/versions/{n}': thing(version),
  'GET /datasets/{name}/versions/{n}/preview': thing(version),
  'GET /datasets/{name}/versions/{n}/profile': thing(version),
  'POST /datasets/{name}/versions/{n}/release': thing((of) => ({ name: of.dataset, n: '2' }), { body: () => ({ reason: 'It is right.' }) }),

  'POST /endpoints/{slug}/rollouts': thing((of) => ({ slug: of.spareEndpoint }), { body: () => ({ candidate: 2, steps: [{ weight: 5 }], unit: 'user', metrics: [] }), status: 201 }),
  'GET /drift': list(),
  'GET /models': list(),
  'POST /models': make('list', (of) => ({ body: { name: `${of.mark}-more` } }), 201),
  'GET /models/{name}': thing(model),
  'GET /models/{name}/versions': thing(model),
  'POST /models/{name}/versions': { about: 'thing', good: (of) => ({ params: model(of), query: '?path=model.pkl', raw: 'a pickle' }), status: 201 },
  'GET /models/{name}/versions/{n}': thing((of) => ({ ...model(of), n: '1' })),
  'PUT /models/{name}/versions/{n}/tags/{key}': thing((of) => ({ ...model(of), n: '1', key: 'stage' }), { body: () => ({ value: 'trial' }) }),
  'PUT /models/{name}/aliases/{alias}': thing((of) => ({ ...model(of), alias: 'champion' }), { body: () => ({ version: 1, reason: 'It is right.' }) }),
  'GET /endpoints': list(),
  'POST /endpoints': make('list', (of) => ({ body: { slug: `${of.mark}-more`, model: of.model, version: 1 } }), 201),
  'GET /endpoints/{slug}': thing(endpoint),
  'GET /endpoints/{slug}/ledger': thing(endpoint),
  'GET /endpoints/{slug}/stats': thing(endpoint),
  // no gateway runs beside this test
  'POST /endpoints/{slug}/predict': thing(endpoint, { body: () => ({ inputs: [] }), status: 503 }),
  'GET /inferences': list(),
  'GET /endpoints/{slug}/drift': thing((of) => ({ slug: of.endpoint })),
  'GET /endpoints/{slug}/drift/{feature}': thing((of) => ({ slug: of.endpoint, feature: of.mark }), { query: '?window=2001-01-01T00:00:00Z' }),
  'GET /rollouts': list(),
  'GET /rollouts/{id}': thing(rollout),
  'POST /rollouts/{id}/approve': thing(rollout, reasoned),
  'POST /rollouts/{id}/hold': thing(rollout, reasoned),
  'POST /rollouts/{id}/resume': thing(rollout, reasoned),
  'POST /rollouts/{id}/promote': thing(rollout, reasoned),
  'POST /rollouts/{id}/abort': thing(rollout, reasoned),

  'GET /files': list(),
  'POST /files': make('name', (of) => ({ query: `?path=${of.mark}/new.csv`, raw: 'a\n1\n' }), 201),
  'GET /files/content': { about: 'path', good: (of) => ({ query: `?path=${of.file}` }) },
  'GET /secrets': list(),
  'PUT /secrets/{name}': make('name', (of) => ({ params: named(of), body: { value: 'new' } })),
  'GET /variables': list(),
  'GET /variables/{name}': thing(named),
  'PUT /variables/{name}': make('name', (of) => ({ params: named(of), body: { value: 2 } })),
  'GET /channels': list(),
  'GET /channels/{name}': thing(named),
  'PUT /channels/{name}': make('name', (of) => ({ params: named(of), body: { kind: 'email', config: { to: ['a@example.test'] } } })),
  'POST /channels/{name}/test': thing(named, { status: 202 }),
  'GET /connections': list(),
  'GET /connections/{name}': thing(named),
  'PUT /connections/{name}': make('name', (of) => ({ params: named(of), body: { kind: 'http', config: { baseUrl: 'http://127.0.0.1:9' } } })),
  'POST /connections/{name}/test': thing(named),
  'GET /members': list(),
  'GET /members/{id}': thing((of) => ({ id: of.memberId })),
  'PATCH /members/{id}': thing((of) => ({ id: of.memberId }), { body: () => ({ role: 'viewer' }) }),
  'GET /invites': list(),
  'POST /invites': make('list', (of) => ({ body: { email: `${of.mark}-more@example.test`, role: 'viewer' } }), 201),
  'GET /tokens': list(),
  'POST /tokens': make('list', () => ({ body: { name: 'more', role: 'viewer' } }), 201),
  'POST /schedule/preview': make('list', () => ({ body: { cron: '0 6 * * *', zone: 'UTC', after: '2026-01-01T00:00:00Z', count: 3 } })),
  'GET /schedules': list(),
  'GET /events': list(),
  'GET /calendars': list(),
  'GET /calendars/{name}': thing(named),
  'PUT /calendars/{name}': make('name', (of) => ({ params: named(of), body: { dates: ['2026-12-26'] } })),
  'GET /pipelines/{slug}/triggers': thing(pipeline),
  'POST /pipelines/{slug}/triggers/{id}/renew': thing((of) => ({ ...pipeline(of), id: of.webhookId })),
  'GET /backfills': list(),
  'GET /pipelines/{slug}/backfills': thing(pipeline),
  'GET /pipelines/{slug}/backfills/{id}': thing(backfill),
  'GET /pipelines/{slug}/intervals': thing(pipeline, { query: '?from=2026-01-01&to=2026-01-05' }),
  'POST /pipelines/{slug}/backfills/plan': thing(pipeline, { body: () => ({ intervals: ['2026-01-01'] }) }),
  'POST /pipelines/{slug}/backfills/{id}/pause': thing(backfill),
  'POST /pipelines/{slug}/backfills/{id}/resume': thing(backfill),
  'POST /pipelines/{slug}/backfills/{id}/extend': thing(backfill, { body: () => ({ intervals: ['2026-01-05'] }) }),
  'POST /pipelines/{slug}/backfills/{id}/cancel': thing(backfill),
  'POST /pipelines/{slug}/backfills/{id}/resume-failed': thing(backfill),
  'POST /pipelines/{slug}/backfills': { about: 'thing', good: (of) => ({ params: pipeline(of), body: { token: of.backfillToken } }), status: 201 },
  'GET /cluster': list(),
  'GET /audit': list(),
  'GET /audit/verify': list(),
  'GET /pools': list(),
  'GET /pools/{name}': thing(named),
  'PUT /pools/{name}': make('name', (of) => ({ params: named(of), body: { slots: 3 } })),
  'GET /queue': list(),
  'GET /live': list(),
  'GET /workspaces': list(),
  'GET /workspaces/{slug}': thing((of) => ({ slug: of.ctx.workspace.slug })),
  'PATCH /workspaces/{slug}': thing((of) => ({ slug: of.ctx.workspace.slug }), { body: () => ({ weight: 2 }) }),
  'POST /workspaces/{slug}/tokens': thing((of) => ({ slug: of.ctx.workspace.slug }), { body: () => ({ name: 'first', role: 'viewer' }), status: 201 }),
  // for owners of the organization, which no token of a workspace is
  'POST /workspaces': make('list', () => ({ body: { slug: 'another', name: 'Another' } }), 403),

  'DELETE /files': { about: 'path', good: (of) => ({ query: `?path=${of.file}` }), status: 204 },
  'DELETE /secrets/{name}': thing(named, { status: 204 }),
  'DELETE /variables/{name}': thing(named, { status: 204 }),
  'DELETE /pools/{name}': thing(named, { status: 204 }),
  'DELETE /channels/{name}': thing(named, { status: 204 }),
  'DELETE /connections/{name}': thing(named, { status: 204 }),
  'DELETE /invites/{id}': thing((of) => ({ id: of.inviteId }), { status: 204 }),
  'DELETE /calendars/{name}': thing(named, { status: 204 }),
  'DELETE /tokens/{id}': thing((of) => ({ id: of.tokenId }), { status: 204 }),
  'DELETE /members/{id}': thing((of) => ({ id: of.memberId }), { status: 204 }),
  'DELETE /endpoints/{slug}': { about: 'thing', good: (of) => ({ params: { slug: of.idleEndpoint }, query: `?confirm=${of.idleEndpoint}` }), status: 204 },
  'DELETE /pipelines/{slug}': thing((of) => ({ slug: of.oldSlug }), { status: 204 }),
};

const handlers = new Map<string, RouteHandler>(
  ROUTES.flatMap((module) =>
    Object.entries(module as Record<string, unknown>).flatMap(([method, value]) =>
      typeof value === 'function' && 'definition' in value && (value as RouteHandler).definition.scope !== 'open' ? [[`${method} ${(value as RouteHandler).definition.path}`, value as RouteHandler] as const] : [],
    ),
  ),
);
const routes = Object.entries(CASES);
const inWorkspace = routes.filter(([key]) => handlers.get(key)?.definition.scope === 'workspace');
const things = routes.filter(([, { about }]) => about === 'thing');
const needed = (key: string) => {
  const { permission } = handlers.get(key)!.definition;
  return permission ? PERMISSIONS[permission] : 'admin';
};
const writing = inWorkspace.filter(([key]) => !includesRole('viewer', needed(key)));

let ours: Tenant;
let theirs: Tenant;

beforeAll(async () => {
  ours = await makeTenant('alpha');
  theirs = await makeTenant('omega');
}, 120_000);
afterAll(stopReaders);

/** call sends what a route takes to a workspace's address. */
const call = (key: string, token: string, of: Tenant, given: Given) =>
  callRoute(handlers.get(key)!, { method: key.split(' ')[0]!, token, workspace: of.ctx.workspace.slug, ...given });

/** The same call with a field in its body that is not allowed. */
const broken = (given: Given): Given => ({ ...given, ...(given.body === undefined ? {} : { body: { ...(given.body as object), nonsense: 1 } }) });

it('every route of the API is in the table', () => {
  expect(Object.keys(CASES).toSorted()).toEqual([...handlers.keys()].toSorted());
});

describe('nobody gets in without a token', () => {
  it.each(routes)('%s', async (key, { good }) => {
    for (const token of ['', `pst_${'x'.repeat(43)}`]) {
      const { status, type } = await call(key, token, ours, broken(good(ours)));
      expect([status, type]).toEqual([401, 'application/problem+json']);
    }
  });
});

describe('an admin of another workspace is not let into this one', () => {
  it.each(inWorkspace)('%s', async (key, { good }) => {
    const { status, text } = await call(key, theirs.tokens.admin, ours, good(ours));
    expect(status).toBe(404);
    expect(text).toContain('no workspace');
  });
});

describe('what another workspace has does not exist in one’s own', () => {
  it.each(things)('%s', async (key, { good }) => {
    const foreign = await call(key, theirs.tokens.admin, theirs, good(ours));
    expect(foreign.status).toBe(404);
    expect((await call(key, theirs.tokens.admin, theirs, broken(good(ours)))).status).toBe(404);
  });

  it.each(things.filter(([key]) => /\{(id|slug|name|artifactId)\}/.test(key) && !key.includes('/workspaces')))('%s, nor does anything unknown', async (key, { good }) => {
    const given = good(theirs);
    for (const [name, strange] of Object.entries(given.params!).filter(([part]) => !['taskId', 'key', 'alias'].includes(part)).flatMap(([part]) => [[part, 'x'], [part, '0198c0de-0000-7000-8000-000000000000'], [part, '../..']] as const)) {
      const { status } = await call(key, theirs.tokens.admin, theirs, { ...given, params: { ...given.params, [name]: strange } });
      expect([name, strange, status]).toEqual([name, strange, 404]);
    }
  });

  it('a file of theirs is unknown too', async () => {
    for (const key of ['GET /files/content', 'DELETE /files']) expect((await call(key, theirs.tokens.admin, theirs, { query: `?path=${ours.file}` })).status).toBe(404);
  });

  it.each(routes.filter(([key, { about }]) => about === 'list' && key.startsWith('GET')))('%s shows nothing of theirs', async (key, { good }) => {
    const { status, text } = await call(key, theirs.tokens.admin, theirs, good(theirs));
    expect(status).toBe(200);
    for (const word of [ours.mark, ours.runId, ours.ctx.workspaceId, ours.ctx.workspace.slug, ours.tokenId, ours.memberId]) expect(text).not.toContain(word);
  });

  it.each(routes.filter(([, { about }]) => about === 'name'))('%s with their name changes nothing of theirs', async (key, { good }) => {
    expect((await call(key, theirs.tokens.admin, theirs, good(ours))).status).toBeLessThan(300);
  });

  it('and what they stored under the same names is as it was', async () => {
    const { params } = { params: named(ours) };
    expect(JSON.parse((await call('GET /variables/{name}', ours.tokens.viewer, ours, { params })).text)).toMatchObject({ value: 1 });
    expect((await call('GET /channels/{name}', ours.tokens.viewer, ours, { params })).text).toContain(`${ours.mark}@example.test`);
    expect((await call('GET /connections/{name}', ours.tokens.viewer, ours, { params })).text).toContain('https://example.test');
    expect((await call('GET /files/content', ours.tokens.viewer, ours, { query: `?path=${ours.file}` })).text).toBe('a,b\n1,2\n');
    expect((await call('GET /files/content', ours.tokens.viewer, ours, { query: `?path=${ours.mark}/new.csv` })).status).toBe(404);
  });

  it('a pipeline of one’s own cannot be given a version, a task or an artifact of theirs', async () => {
    const own = task(theirs);
    for (const [key, params] of [
      ['GET /pipelines/{slug}/versions/{version}', { ...pipeline(theirs), version: '9' }],
      ['GET /datasets/{name}/versions/{n}', { name: theirs.dataset, n: '9' }],
      ['GET /runs/{id}/tasks/{taskId}/logs', { ...own, taskId: 'ghost' }],
      ['POST /runs/{id}/tasks/{taskId}/mark', { ...own, taskId: 'ghost' }],
      ['GET /runs/{id}/tasks/{taskId}/output/artifacts/{artifactId}', { ...own, artifactId: ours.artifactId }],
    ] as const) expect([key, (await call(key, theirs.tokens.admin, theirs, { params })).status]).toEqual([key, 404]);
  });
});

describe('a viewer may not write', () => {
  it.each(writing)('%s', async (key, { about, good }) => {
    const { status, text } = await call(key, ours.tokens.viewer, ours, broken(good(ours)));
    expect(status).toBe(403);
    expect(text).toContain(`Ask an admin of the workspace for the role ${needed(key)}`);
    if (about === 'thing') expect((await call(key, ours.tokens.viewer, ours, good(theirs))).status).toBe(404);
  });

  it('nor change the workspace or its tokens above it', async () => {
    for (const key of ['PATCH /workspaces/{slug}', 'POST /workspaces/{slug}/tokens']) {
      for (const role of ['viewer', 'editor', 'approver'] as const) expect((await call(key, ours.tokens[role], ours, broken(CASES[key]!.good(ours)))).status).toBe(403);
    }
  });
});

describe('a role below the one that is needed is refused', () => {
  it.each(writing.filter(([key]) => needed(key) !== 'editor'))('%s', async (key, { good }) => {
    const below = needed(key) === 'admin' ? 'approver' : 'editor';
    expect((await call(key, ours.tokens[below], ours, good(ours))).status).toBe(403);
  });
});

describe('the owner of all this still works with it', () => {
  it.each(routes)('%s', async (key, { good, status = 200 }) => {
    const answer = await call(key, ours.tokens.admin, ours, good(ours));
    expect([answer.status, answer.status === status ? '' : answer.text]).toEqual([status, '']);
  });

  it('and the other workspace has lost nothing', async () => {
    const { status, text } = await call('GET /pipelines/{slug}', theirs.tokens.admin, theirs, { params: pipeline(theirs) });
    expect([status, (JSON.parse(text) as { draft: { spec: object } }).draft.spec]).toMatchObject([200, tenantSpec('second')]);
  });
});
