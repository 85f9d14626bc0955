import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prisma } from '@/lib/db/client';
import { stopReaders } from '@/lib/datasets/server';
import { type RouteHandler } from '@/lib/http/route';
import { getPipeline, publish, updatePipeline } from '@/lib/pipeline/server';
import { createRun } from '@/lib/runs/server';
import { acceptAsNewPerson, createToken, invite, listMembers, readInvite, revokeToken, withdrawInvite } from '@/lib/tenancy/server';
import { testDatabase } from '@/lib/testing';
import { callRoute, type Sent } from '@/lib/testing/call-route';
import { makeTenant, tenantSpec, type Tenant } from '@/lib/testing/isolation';
import { ROUTES } from './manifest';

vi.setConfig({ testTimeout: 60_000 });
testDatabase();

const handlers = new Map<string, RouteHandler>(
  ROUTES.flatMap((module) =>
    Object.entries(module as Record<string, unknown>).flatMap(([method, value]) =>
      typeof value === 'function' && 'definition' in value ? [[`${method} ${(value as RouteHandler).definition.path}`, value as RouteHandler] as const] : [],
    ),
  ),
);

let of: Tenant;
let liveRun = '';
let slug = '';
let admin = '';
const gone: Record<string, string> = {};

const params = [
  { name: 'month', type: 'integer', default: 1, minimum: 1, maximum: 12 },
  { name: 'day', type: 'date' },
];

beforeAll(async () => {
  of = await makeTenant('alpha');
  slug = of.slug;
  admin = (await listMembers(of.ctx)).find((member) => member.role === 'admin')!.id;
  await prisma().member.updateMany({ where: { workspaceId: of.ctx.workspaceId, role: 'admin', NOT: { id: admin } }, data: { role: 'editor' } });
  liveRun = (await createRun(of.ctx, { pipelineSlug: slug })).id;
  await handlers.get('POST /pipelines')!(
    new Request('http://localhost:3000/x', { method: 'POST', headers: { authorization: `Bearer ${of.tokens.editor}` }, body: JSON.stringify({ slug: 'monthly', name: 'Monthly', spec: { ...tenantSpec('second'), params } }) }),
    { params: Promise.resolve({ workspace: of.ctx.workspace.slug }) },
  );
  await publish(of.ctx, 'monthly', {});
  const past = { ...of.ctx, now: new Date('2020-01-01T00:00:00Z') };
  gone.expired = (await createToken(past, { name: 'old', role: 'admin', expiresAt: '2020-02-01T00:00:00Z' })).token;
  const revoked = await createToken(of.ctx, { name: 'leaked', role: 'admin' });
  await revokeToken(of.ctx, revoked.id);
  gone.revoked = revoked.token;
}, 120_000);
afterAll(stopReaders);

const send = (key: string, given: Partial<Sent> = {}) =>
  callRoute(handlers.get(key)!, { method: key.split(' ')[0]!, token: of.tokens.admin, workspace: of.ctx.workspace.slug, ...given });

type Problem = { type: string; title: string; status: number; detail: string; errors: { path: string; message: string; value?: unknown }[]; current?: { revision: number } };

async function refused(key: string, given: Partial<Sent> = {}): Promise<Problem> {
  const answer = await send(key, given);
  expect(answer.type).toBe('application/problem+json');
  const problem = JSON.parse(answer.text) as Problem;
  expect(problem.status).toBe(answer.status);
  return problem;
}

/** Everything that a refused call must not have changed. */
async function everything(): Promise<string> {
  const [row] = await prisma().$queryRawUnsafe<{ all: string }[]>(
    `select md5(string_agg(t, '|' order by t)) as all from (
       select p::text as t from pipeline p union all select v::text from pipeline_version v union all select r::text from run r
       union all select t::text from task_run t union all select m::text from member m union all select i::text from invite i
       union all select s::text from secret s union all select v::text from variable v union all select f::text from workspace_file f
       union all select c::text from channel c union all select c::text from connection c union all select d::text from dataset d
       union all select v::text from dataset_version v union all select w::text from workspace w union all select u::text from user_account u
       union all select id::text || revoked_at::text from api_token union all select a::text from audit_entry a
     ) as rows`,
  );
  return row!.all;
}

const spec = (tasks: object[], more: object = {}) => ({ ...tenantSpec('second'), tasks, edges: [], ...more });
const sql = (text: string, more: object = {}) => ({ id: 'q', kind: 'sql', config: { sql: text }, ...more });
const edge = (from: string, to: string, more: object = {}) => ({ from, to, ...more });
const publishing = (given: object): [string, () => Partial<Sent>] => ['POST /pipelines/{slug}/publish', () => ({ params: { slug }, body: { spec: given } })];
const running = (body: object, pipeline = 'monthly'): [string, () => Partial<Sent>] => ['POST /pipelines/{slug}/runs', () => ({ params: { slug: pipeline }, body })];
const GIGABYTE = { 'content-length': String(1024 ** 3) };

/** what is wrong, the call, its status, and what the answer must say: in a sentence, or at a field. */
type Bad = [what: string, call: [string, () => Partial<Sent>], status: number, says: RegExp, field?: { path: string; value?: unknown }];

const BAD: Bad[] = [
  // what is no JSON, no text, or too much
  ['malformed JSON', ['POST /pipelines', () => ({ raw: '{"slug": "a",' })], 422, /The body is not JSON: .*position/],
  ['a body in another encoding', ['POST /pipelines', () => ({ raw: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) })], 422, /not UTF-8 text\. Send JSON in UTF-8/],
  ['a body that is a list', ['POST /pipelines', () => ({ raw: '[]' })], 422, /Give an object/],
  ['a body of 9 MB', ['POST /pipelines', () => ({ raw: `{"slug":"a","name":"${'x'.repeat(9 * 1024 * 1024)}"}` })], 413, /larger than the 8 MB that this call takes/],
  ['a name with the character NUL', ['POST /pipelines', () => ({ raw: '{"slug":"a","name":"x\\u0000y"}' })], 422, /character NUL.*Remove it/, { path: 'name' }],
  ['an upload of 1 GB', ['POST /files', () => ({ query: '?path=big.csv', raw: 'a', headers: GIGABYTE })], 413, /512 MB/],
  ['an upload as a form', ['POST /files', () => ({ query: '?path=a.csv', raw: 'a', headers: { 'content-type': 'multipart/form-data; boundary=x' } })], 422, /Send the bytes of the file themselves/, { path: 'body' }],
  ['an upload without a path', ['POST /files', () => ({ raw: 'a' })], 422, /\?path=folder\/name\.csv/, { path: 'path' }],
  ['an upload that leaves the folder', ['POST /files', () => ({ query: '?path=../other/x.csv', raw: 'a' })], 422, /".\.\/other\/x\.csv" cannot be a file's path.*leave the folder/, { path: 'path', value: '../other/x.csv' }],
  ['an upload to an absolute path', ['POST /files', () => ({ query: '?path=/etc/passwd', raw: 'a' })], 422, /relative/, { path: 'path', value: '/etc/passwd' }],
  ['an upload whose name stands for many files', ['POST /files', () => ({ query: '?path=*.csv', raw: 'a' })], 422, /Leave out the \*|stands for many files/, { path: 'path', value: '*.csv' }],
  ['reading a file outside', ['GET /files/content', () => ({ query: '?path=a/../../b' })], 422, /could leave the folder/, { path: 'path' }],

  ['an upload whose path is too long', ['POST /files', () => ({ query: `?path=${'x/'.repeat(500)}y.csv`, raw: 'a' })], 422, /longer than 900 bytes/, { path: 'path' }],
  ['an upload below what is a file', ['POST /files', () => ({ query: `?path=${of.file}/below.csv`, raw: 'a' })], 422, /^"alpha\/data\.csv\/below\.csv" cannot be stored: a folder and a file of one name.*Choose another path/, { path: 'path', value: 'alpha/data.csv/below.csv' }],
  ['an upload in place of a folder', ['POST /files', () => ({ query: `?path=${of.mark}`, raw: 'a' })], 422, /^"alpha" cannot be stored.*Choose another path/, { path: 'path', value: 'alpha' }],

  // wrong fields
  ['a number where a text belongs', ['POST /pipelines', () => ({ body: { slug: 'a', name: 5 } })], 422, /name: Give a text\. It is 5\./, { path: 'name', value: 5 }],
  ['a field that is missing', ['POST /pipelines', () => ({ body: { slug: 'a' } })], 422, /name: This is missing\. Give a text\./, { path: 'name' }],
  ['a field that does not exist', ['POST /pipelines', () => ({ body: { slug: 'a', name: 'A', nmae: 'A' } })], 422, /There is no field "nmae" here/, { path: 'nmae' }],
  ['a slug with spaces', ['POST /pipelines', () => ({ body: { slug: 'My Pipeline', name: 'A' } })], 422, /small letters, digits and single hyphens/, { path: 'slug', value: 'My Pipeline' }],
  ['a slug that is taken', ['POST /pipelines', () => ({ body: { slug: 'monthly', name: 'A' } })], 409, /already a pipeline "monthly".*Choose another slug/],
  ['a role that does not exist', ['POST /tokens', () => ({ body: { name: 'x', role: 'boss' } })], 422, /viewer, editor, approver, admin/, { path: 'role', value: 'boss' }],
  ['a token that would have expired', ['POST /tokens', () => ({ body: { name: 'x', role: 'viewer', expiresAt: '2001-01-01T00:00:00Z' } })], 422, /expired already/, { path: 'expiresAt', value: '2001-01-01T00:00:00Z' }],
  ['an address that is no e-mail', ['POST /invites', () => ({ body: { email: 'bob', role: 'viewer' } })], 422, /name@example\.com/, { path: 'email', value: 'bob' }],
  ['a secret with a bad name', ['PUT /secrets/{name}', () => ({ params: { name: 'my secret' }, body: { value: 'x' } })], 422, /letters, digits, _ and -/, { path: 'name', value: 'my secret' }],
  ['a webhook to no address', ['PUT /channels/{name}', () => ({ params: { name: 'ops' }, body: { kind: 'webhook', url: 'ftp://x' } })], 422, /https:\/\//, { path: 'config.url' }],
  ['a channel of an unknown kind', ['PUT /channels/{name}', () => ({ params: { name: 'ops' }, body: { kind: 'pigeon', config: {} } })], 422, /email, webhook or slack/, { path: 'kind', value: 'pigeon' }],
  ['a limit out of range', ['GET /runs', () => ({ query: '?limit=100000' })], 422, /limit: Give at most 200\. It is "100000"\./, { path: 'limit', value: '100000' }],
  ['a state that does not exist', ['GET /runs', () => ({ query: '?state=exploded' })], 422, /Use one of queued, running, succeeded, failed, cancelled/, { path: 'state[0]' }],
  ['a time that is none', ['GET /runs', () => ({ query: '?from=yesterday' })], 422, /2001-04-18T00:00:00Z/, { path: 'from', value: 'yesterday' }],
  ['a cursor of no list', ['GET /runs', () => ({ query: '?cursor=nonsense' })], 422, /cursor is not one that this list gave\. Leave it out/, { path: 'cursor', value: 'nonsense' }],
  ['a key for repeating that is too long', ['POST /tokens', () => ({ body: { name: 'x', role: 'viewer' }, headers: { 'idempotency-key': 'k'.repeat(300) } })], 422, /Idempotency-Key has 1 to 255 characters/],

  // specs
  ['a cyclic spec', publishing(spec([{ ...sql('select 1'), id: 'a' }, { ...sql('select 1'), id: 'b' }], { edges: [edge('a', 'b'), edge('b', 'a')] })), 422, /a → b → a wait for each other in a circle\. Remove one of these edges/, { path: 'edges[1]' }],
  ['a spec of a newer version', publishing({ ...tenantSpec('second'), schemaVersion: 99 }), 422, /schemaVersion 99, but this Penstock understands versions up to 1\. Upgrade/, { path: 'schemaVersion', value: 99 }],
  ['a spec that is a list', publishing([]), 422, /A spec is a JSON object/, { path: 'spec' }],
  ['two tasks of one id', publishing(spec([sql('select 1'), sql('select 2')])), 422, /Two tasks have the id "q"/, { path: 'tasks[1].id' }],
  ['an unknown field of a task', publishing(spec([sql('select 1', { retrys: {} })])), 422, /no field "retrys" here\. Did you mean "retry"\?/, { path: 'tasks[0].retrys' }],
  ['an unknown kind of task', publishing(spec([{ id: 'q', kind: 'sqll', config: {} }])), 422, /Did you mean "sql"\?/, { path: 'tasks[0].kind' }],
  ['two tables of one name', publishing(spec([{ ...sql('select 1'), id: 'a' }, { ...sql('select 2'), id: 'b' }, sql('select * from a')], { edges: [edge('a', 'q'), edge('b', 'q', { as: 'a' })] })), 422, /Two tables called "a" reach "q".*Give one edge another name with "as"/, { path: 'edges[1].as' }],
  ['an edge to nowhere', publishing(spec([sql('select 1')], { edges: [edge('q', 'p')] })), 422, /no task "p"/, { path: 'edges[0].to' }],
  ['a pipeline of nothing', publishing(spec([])), 422, /at least one task/, { path: 'tasks' }],
  ['a secret in SQL', publishing(spec([sql('select {{ secrets.alpha_name }}')])), 422, /^This pipeline cannot be published: A secret may not stand here\. Secrets are for/, { path: 'tasks[0].config.sql' }],
  ['a value inside a literal', publishing(spec([sql("select 'm{{ params.month }}' as m")], { params })), 422, /inside a text literal.*Write: \('m' \|\| \{\{ params\.month \}\}\)/, { path: 'tasks[0].config.sql' }],
  ['SQL with a typo', publishing(spec([sql('selct 1')])), 422, /The SQL cannot be read at "selct 1"/, { path: 'tasks[0].config.sql' }],
  ['SQL that copies to a file', publishing(spec([sql("copy (select 1) to '/tmp/x.csv'")])), 422, /A statement COPY is not allowed in a SQL node/, { path: 'tasks[0].config.sql' }],
  ['SQL that attaches a database', publishing(spec([sql("attach '/tmp/x.db'")])), 422, /ATTACH is not allowed.*source node and a connection/, { path: 'tasks[0].config.sql' }],
  ['SQL that changes settings', publishing(spec([sql('set memory_limit = \'100GB\'; select 1')])), 422, /SET is not allowed.*set on the node/, { path: 'tasks[0].config.sql' }],
  ['SQL that installs an extension', publishing(spec([sql('install httpfs; select 1')])), 422, /INSTALL is not allowed.*Extensions cannot be loaded/, { path: 'tasks[0].config.sql' }],
  ['SQL that reads a file of the machine', publishing(spec([sql("select * from read_csv('/etc/passwd')")])), 422, /read a file, an address or a setting of the machine.*source node/, { path: 'tasks[0].config.sql' }],
  ['a source outside the files', publishing(spec([{ id: 's', kind: 'source', config: { path: '../../etc/passwd' } }])), 422, /leaves the workspace's files/, { path: 'tasks[0].config.path' }],
  ['a source of a file address', publishing(spec([{ id: 's', kind: 'source', config: { url: 'file:///etc/passwd' } }])), 422, /must start with http:\/\/ or https:\/\//, { path: 'tasks[0].config.url' }],
  ['a schedule that is none', publishing(spec([sql('select 1')], { triggers: [{ kind: 'schedule', cron: '99 * * * *' }] })), 422, /99/, { path: 'triggers[0].cron' }],
  ['a try of a task that is not there', ['POST /pipelines/{slug}/try', () => ({ params: { slug }, body: { spec: of.spec, taskId: 'ghost' } })], 422, /no task "ghost" in this draft/, { path: 'taskId', value: 'ghost' }],
  ['a try of an unfinished task', ['POST /pipelines/{slug}/try', () => ({ params: { slug }, body: { spec: spec([{ id: 'q', kind: 'sql', config: {} }]), taskId: 'q' } })], 422, /not finished\. q: "sql" is missing\. Give a text\./, { path: 'tasks[0].config.sql' }],

  // runs
  ['a param out of range', running({ params: { month: 13, day: '2001-01-01' } }), 422, /Param "month" is 13; expected at most 12/, { path: 'params.month', value: 13 }],
  ['an unknown param', running({ params: { mnth: 1, day: '2001-01-01' } }), 422, /no param "mnth" \(it has: month, day\)/, { path: 'params.mnth', value: 1 }],
  ['a missing param', running({}), 422, /Param "day" has no default: give a date like/, { path: 'params.day' }],
  ['a param of another type', running({ params: { month: 'May', day: '2001-02-30' } }), 422, /Param "month" is "May"; expected a whole number\. Param "day" is "2001-02-30"; expected a date/, { path: 'params.month', value: 'May' }],
  ['a version that is not there', running({ version: 9, params: { day: '2001-01-01' } }), 404, /no version 9 of pipeline "monthly" in this workspace/],
  ['a lane that does not exist', running({ lane: 'fast' }), 422, /Use one of interactive, production, backfill, exploratory\. It is "fast"\./, { path: 'lane', value: 'fast' }],
  ['a logical date that is none', running({ logicalDate: 'today' }), 422, /2001-04-18T00:00:00Z/, { path: 'logicalDate', value: 'today' }],
  ['a run of an archived pipeline', running({}, 'alpha-old'), 409, /is archived\. Restore it/],
  ['a rerun of a run that is going', ['POST /runs/{id}/rerun', () => ({ params: { id: liveRun }, body: {} })], 409, /still going\. Stop it first, or wait/],
  ['a rerun of what did not fail', ['POST /runs/{id}/rerun', () => ({ params: { id: of.runId }, body: { from: 'failed' } })], 409, /Nothing in this run failed.*from the start/],
  ['a mark without a reason', ['POST /runs/{id}/tasks/{taskId}/mark', () => ({ params: { id: of.runId, taskId: 'first' }, body: { state: 'failed', reason: ' ' } })], 422, /Say why/, { path: 'reason' }],
  ['a mark that changes nothing', ['POST /runs/{id}/tasks/{taskId}/mark', () => ({ params: { id: of.runId, taskId: 'first' }, body: { state: 'succeeded', reason: 'x' } })], 422, /is succeeded already/],
  ['an output that is not there yet', ['GET /runs/{id}/tasks/{taskId}/output', () => ({ params: { id: liveRun, taskId: 'first' } })], 409, /has not ended.*Wait until it has/],
  ['an output in a format that does not exist', ['GET /runs/{id}/tasks/{taskId}/output', () => ({ params: { id: of.runId, taskId: 'second' }, query: '?format=xml' })], 422, /Use one of json, csv, parquet\. It is "xml"\./, { path: 'format', value: 'xml' }],
  ['a page before the first', ['GET /runs/{id}/tasks/{taskId}/output', () => ({ params: { id: of.runId, taskId: 'second' }, query: '?offset=-1' })], 422, /Give at least 0/, { path: 'offset', value: '-1' }],
  ['a wait of a day', ['GET /runs/{id}/wait', () => ({ params: { id: liveRun }, query: '?timeoutSeconds=86400' })], 422, /Give at most 300/, { path: 'timeoutSeconds', value: '86400' }],
  ['a log of attempt zero', ['GET /runs/{id}/tasks/{taskId}/logs', () => ({ params: { id: of.runId, taskId: 'second' }, query: '?attempt=0' })], 422, /Give at least 1/, { path: 'attempt', value: '0' }],
  ['a limit that is no number', ['GET /datasets', () => ({ query: '?limit=many' })], 422, /Give a number/, { path: 'limit', value: 'many' }],
  ['a cursor of no list of tasks', ['GET /runs/{id}/tasks', () => ({ params: { id: of.runId }, query: '?cursor=x' })], 422, /cursor/, { path: 'cursor', value: 'x' }],
  ['a role for nobody', ['PATCH /members/{id}', () => ({ params: { id: of.memberId }, body: {} })], 422, /viewer, editor, approver, admin/, { path: 'role' }],
  ['checks that are none', ['PUT /datasets/{name}/checks', () => ({ params: { name: of.dataset }, body: { checks: 'unique' } })], 422, /Give a list\. It is "unique"/, { path: 'checks', value: 'unique' }],
  ['a secret that is too long', ['PUT /secrets/{name}', () => ({ params: { name: 'long' }, body: { value: 'x'.repeat(70_000) } })], 422, /At most 65,536 characters/, { path: 'value' }],
  ['sorting by a column that is not there', ['GET /runs/{id}/tasks/{taskId}/output', () => ({ params: { id: of.runId, taskId: 'second' }, query: '?sort=b' })], 422, /no column "b"/, { path: 'sort', value: 'b' }],
  ['a release without a reason', ['POST /datasets/{name}/versions/{n}/release', () => ({ params: { name: of.dataset, n: '2' }, body: {} })], 422, /reason: This is missing\. Give a text\./, { path: 'reason' }],
  ['a release of what is not held back', ['POST /datasets/{name}/versions/{n}/release', () => ({ params: { name: of.dataset, n: '1' }, body: { reason: 'because' } })], 409, /is good; only a quarantined version can be released/],

  // what others changed, or may not be removed
  ['a draft that somebody else saved', ['PUT /pipelines/{slug}/draft', () => ({ params: { slug }, body: { baseRevision: 77, spec: tenantSpec('mine') } })], 409, /saved this draft meanwhile \(revision \d+; yours began from 77\)\. Take theirs or keep yours/],
  ['deleting a pipeline that is in use', ['DELETE /pipelines/{slug}', () => ({ params: { slug } })], 409, /is in use\. Archive it first/],
  ['an owner who is no member', ['PATCH /pipelines/{slug}', () => ({ params: { slug }, body: { owner: 'ghost@example.test' } })], 422, /"ghost@example\.test" is no member/, { path: 'owner', value: 'ghost@example.test' }],
  ['removing the last admin', ['DELETE /members/{id}', () => ({ params: { id: admin } })], 409, /last admin of this workspace\. Make somebody else admin first/],
  ['making the last admin less', ['PATCH /members/{id}', () => ({ params: { id: admin }, body: { role: 'viewer' } })], 409, /last admin/],

  // who calls
  ['no token', ['GET /runs', () => ({ token: '' })], 401, /token|sign in/i],
  ['a token that is none', ['GET /runs', () => ({ token: 'abc' })], 401, /A token starts with pst_/],
  ['an expired token', ['GET /runs', () => ({ token: gone.expired! })], 401, /"old" expired on 2020-02-01.*Create a new one/],
  ['a revoked token', ['GET /runs', () => ({ token: gone.revoked! })], 401, /"leaked" was revoked\. Create a new one/],
  ['a call that a viewer may not make', ['POST /pipelines/{slug}/runs', () => ({ token: of.tokens.viewer, params: { slug }, body: {} })], 403, /needs at least an editor.*you are a viewer\. Ask an admin/],
  ['a run that is not there', ['GET /runs/{id}', () => ({ params: { id: '0198c0de-0000-7000-8000-000000000000' } })], 404, /There is no run "0198c0de/],
];

describe('a call that cannot be done says why, and changes nothing', () => {
  it.each(BAD)('%s', async (_what, [key, given], status, says, field) => {
    const before = await everything();
    const problem = await refused(key, given());
    expect([problem.status, problem.detail, problem.errors]).toEqual([status, expect.stringMatching(/[.?!)]$/), expect.anything()]);
    expect(`${problem.detail} ${problem.errors.map((each) => each.message).join(' ')}`).toMatch(says);
    expect(problem.title).toBeTruthy();
    if (field) expect(problem.errors).toContainEqual(expect.objectContaining({ path: field.path, message: expect.stringMatching(/\w/) as string, ...(field.value === undefined ? {} : { value: field.value }) }));
    expect(await everything()).toBe(before);
  });
});

it('a value in SQL whose type is not known yet is no problem', async () => {
  const given = spec([sql('select {{ params.month }} as m, 1 as one')], { params: [params[0]] });
  expect(JSON.parse((await send('POST /pipelines/{slug}/validate', { params: { slug }, body: { spec: given } })).text)).toEqual({ problems: [] });
});

it('lists are paged to their end by the cursors that they give', async () => {
  for (const [key, params] of [['GET /runs/{id}/tasks', { id: of.runId }], ['GET /runs', {}], ['GET /files', {}], ['GET /pipelines', {}]] as const) {
    const whole = JSON.parse((await send(key, { params })).text) as { items: object[] };
    const found: object[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length <= whole.items.length; ) {
      const page = JSON.parse((await send(key, { params, query: `?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}` })).text) as { items: object[]; nextCursor: string | null };
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(found).toEqual(whole.items);
  }
});

it('a draft conflict shows what is there', async () => {
  const problem = await refused('PUT /pipelines/{slug}/draft', { params: { slug }, body: { baseRevision: 77, spec: tenantSpec('mine') } });
  expect(problem.current).toMatchObject({ revision: (await getPipeline(of.ctx, slug)).draft.revision, spec: tenantSpec('second') });
});

it('a key for repeating is for one call only, and the first answer stays', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await send('POST /pipelines', { headers, body: { slug: 'once', name: 'Once' } });
  expect(first.status).toBe(201);
  const problem = await refused('POST /pipelines', { headers, body: { slug: 'twice', name: 'Twice' } });
  expect([problem.status, problem.detail]).toEqual([422, 'This Idempotency-Key was used for a different call. Use a new key for a new call.']);
  expect((await send('POST /pipelines', { headers, body: { slug: 'once', name: 'Once' } })).text).toBe(first.text);
});

it('while the disk is nearly full no run starts, and everything else still works', async () => {
  process.env.PENSTOCK_DISK_FLOOR_BYTES = String(1e18);
  try {
    for (const [key, body] of [
      ['POST /pipelines/{slug}/runs', {}],
      ['POST /pipelines/{slug}/try', { spec: of.spec, taskId: 'first' }],
    ] as const) {
      const before = await everything();
      const problem = await refused(key, { params: { slug }, body });
      expect([problem.status, problem.detail]).toEqual([503, expect.stringMatching(/The disk is nearly full \(\d+ MB free.*no new run starts\. Free some space, then run again\./)]);
      expect(await everything()).toBe(before);
    }
    const upload = await refused('POST /files', { query: '?path=more.csv', raw: 'a\n1\n' });
    expect([upload.status, upload.detail]).toEqual([503, expect.stringMatching(/The disk is nearly full .*no file is taken\. Free some space, then upload it again\./)]);
    expect((await send('GET /runs')).status).toBe(200);
    expect((await send('PATCH /pipelines/{slug}', { params: { slug: 'monthly' }, body: { name: 'Monthly report' } })).status).toBe(200);
  } finally {
    delete process.env.PENSTOCK_DISK_FLOOR_BYTES;
  }
  expect((await send('POST /pipelines/{slug}/runs', { params: { slug }, body: {} })).status).toBe(201);
});

describe('an invitation', () => {
  const password = 'four unrelated words here';
  const tokenOf = (link: string) => link.split('/').at(-1)!;

  it('that has expired, was used, was withdrawn or never was says so', async () => {
    const { link } = await invite(of.ctx, { email: 'late@example.test', role: 'viewer' }, 'http://localhost');
    const later = new Date(of.ctx.now.getTime() + 8 * 24 * 3_600_000);
    await expect(readInvite(tokenOf(link), later)).rejects.toMatchObject({ code: 'not_found', message: 'This invitation has expired. Ask for a new one.' });
    await expect(acceptAsNewPerson({ token: tokenOf(link), name: 'L', password }, later)).rejects.toMatchObject({ message: expect.stringContaining('expired') as string });
    await acceptAsNewPerson({ token: tokenOf(link), name: 'L', password }, of.ctx.now);
    await expect(readInvite(tokenOf(link), of.ctx.now)).rejects.toMatchObject({ message: 'This invitation was used already. Sign in instead.' });
    const other = await invite(of.ctx, { email: 'never@example.test', role: 'viewer' }, 'http://localhost');
    await withdrawInvite(of.ctx, other.id);
    await expect(readInvite(tokenOf(other.link), of.ctx.now)).rejects.toMatchObject({ message: expect.stringMatching(/not known.*Ask for a new one/) as string });
    const problem = await refused('POST /invites', { body: { email: 'late@example.test', role: 'editor' } });
    expect([problem.status, problem.detail]).toEqual([409, expect.stringContaining('late@example.test is a member of this workspace already')]);
  });

  it.each([
    ['short', 'Use at least 10 characters; this has 5.'],
    ['password12345', 'tried first'],
    ['aaaaaaaaaaaaaa', 'repeats itself'],
    ['weakling1234', 'mostly "weakling"'],
  ])('does not take the password %s', async (weak, says) => {
    const { link, id } = await invite(of.ctx, { email: 'weakling@example.test', role: 'viewer' }, 'http://localhost');
    await expect(acceptAsNewPerson({ token: tokenOf(link), name: 'weakling', password: weak }, of.ctx.now)).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: 'password', message: expect.stringContaining(says) as string }],
    });
    await withdrawInvite(of.ctx, id);
  });
});

describe('names in any script are taken and shown back unchanged', () => {
  const names = ['Späte Flüge 🛫', 'رحلات متأخرة', '遅延便', 'e\u0301clair \u{1F468}\u200D\u{1F469}\u200D\u{1F467}', '<b>bold</b> & "quoted"', "Robert'); drop table run; --"];

  it.each(names.map((name, i) => [name, `named-${i}`]))('%s', async (name, at) => {
    const task = { id: 'first', kind: 'empty', name, description: name, config: {} };
    expect((await send('POST /pipelines', { body: { slug: at, name, spec: spec([task]) } })).status).toBe(201);
    await publish(of.ctx, at, { message: name });
    const shown = await getPipeline(of.ctx, at);
    expect([shown.name, shown.draft.spec.tasks[0]?.name, shown.draft.spec.tasks[0]?.description]).toEqual([name, name, name]);
    expect(JSON.parse((await send('GET /pipelines/{slug}/versions', { params: { slug: at } })).text)).toMatchObject({ items: [{ message: name }] });
    const run = JSON.parse((await send('POST /pipelines/{slug}/runs', { params: { slug: at }, body: { note: name } })).text) as { note: string };
    expect(run.note).toBe(name);
    await updatePipeline(of.ctx, at, { paused: true });
    const path = `in/${name.replaceAll('/', '-')}.csv`;
    expect((await send('POST /files', { query: `?path=${encodeURIComponent(path)}`, raw: 'a\n1\n' })).status).toBe(201);
    const read = await send('GET /files/content', { query: `?path=${encodeURIComponent(path)}` });
    expect([read.status, read.text]).toEqual([200, 'a\n1\n']);
    expect(JSON.parse((await send('GET /files', { query: `?prefix=${encodeURIComponent(path)}` })).text)).toMatchObject({ items: [{ path }] });
    expect(JSON.parse((await send('PUT /variables/{name}', { params: { name: 'text' }, body: { value: name } })).text)).toMatchObject({ value: name });
    expect(JSON.parse((await send('GET /pipelines', { query: `?q=${encodeURIComponent(name.slice(0, 4))}` })).text)).toMatchObject({ items: [{ slug: at }] });
  });
});
