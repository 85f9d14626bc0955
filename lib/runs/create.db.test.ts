import { beforeAll, expect, it, vi } from 'vitest';
import { listen, type Notice } from '@/lib/db/notify';
import { pool } from '@/lib/db/pool';
import { type DraftSpec } from '@/lib/pipeline';
import { listAudit, verifyAudit } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { publishSpec } from '@/lib/testing/product';
import { makeRun, type RunRequest } from './create';
import { createRunView, getRun } from './service';
import { findRun, findRunWithTasks, taskRows } from './store';

testDatabase();

let ctx: TestContext;
beforeAll(async () => {
  ctx = await makeContext('admin');
});

const empty = (id: string, more: object = {}) => ({ id, kind: 'empty' as const, config: {}, ...more });
const chain = (n: number): Partial<DraftSpec> => ({
  tasks: Array.from({ length: n }, (_, i) => empty(`t${i}`)),
  edges: Array.from({ length: n - 1 }, (_, i) => ({ from: `t${i}`, to: `t${i + 1}` })),
});
const shell = (id: string, more: object = {}) => ({ id, kind: 'shell' as const, config: { command: 'true' }, ...more });

type Case = { spec: Partial<DraftSpec>; request?: Partial<RunRequest> };
const result = { output: { long: [1], z: 'ü', a: null }, tableOutput: { rowCount: 3, schema: [{ name: 'a' }] }, from: { runId: 'r', taskId: 't0' }, fingerprint: 'f' };

const CASES: Record<string, Case> = {
  'a chain': { spec: chain(3) },
  'parameters, a note and a lane': {
    spec: { ...chain(1), params: [{ name: 'longer', type: 'string' }, { name: 'n', type: 'number', default: 1 }] },
    request: { params: { longer: 'ß', n: 2 }, note: 'why', lane: 'backfill' },
  },
  'a logical date with an interval': { spec: chain(1), request: { logicalDate: new Date('2026-01-02T03:04:05.678Z'), interval: { start: new Date(0), end: new Date(1) } } },
  'commands with a pool, tags and a rule': { spec: { tasks: [shell('a', { pool: 'gone' }), shell('b', { workerTags: ['gpu'] }), shell('c', { triggerRule: 'all_done' })], edges: [{ from: 'a', to: 'c' }] } },
  'a limit that has no room': { spec: { tasks: [shell('a')], settings: { maxActiveTasks: 0 } } },
  'results of another run': { spec: chain(3), request: { restore: new Map([['t0', result]]), trigger: { kind: 'rerun', id: 'x' } } },
  'nothing left to run': { spec: chain(1), request: { restore: new Map([['t0', result]]) } },
  'some of its tasks': { spec: chain(3), request: { part: { taskIds: ['t0', 't1'], outside: ['t2'] } } },
  'a task that is skipped at once': { spec: { tasks: [empty('a', { when: 'false' }), empty('b')], edges: [{ from: 'a', to: 'b' }] } },
  'a limit of runs': { spec: { ...chain(2), settings: { maxActiveRuns: 1 } } },
  'more tasks than are shown': { spec: { tasks: Array.from({ length: 1003 }, (_, i) => empty(`t${i}`)), edges: [] } },
};

it.each(Object.entries(CASES))('answers a new run to the letter as reading it does: %s', async (_name, { spec, request }) => {
  const { slug } = await publishSpec(ctx, spec);
  for (let i = 0; i < 2; i++) {
    const made = await createRunView(ctx, { pipelineSlug: slug, ...request });
    expect(JSON.stringify(made)).toBe(JSON.stringify(await getRun(ctx, made.id)));
  }
});

it('tells the rows of the tasks as the database has them', async () => {
  const { slug } = await publishSpec(ctx, { tasks: [shell('a', { pool: 'p', poolSlots: 2, workerTags: ['x'], retries: { count: 2 } }), empty('b')], edges: [{ from: 'a', to: 'b' }] });
  const { run, tasks } = await makeRun(ctx, { pipelineSlug: slug, restore: new Map() });
  expect(tasks?.rows(1000)).toEqual(await taskRows(run.id));
  expect(tasks?.rows(1)).toHaveLength(1);
});

it('reads a run with its tasks in one statement as the two statements do, and the tasks only when they are wanted', async () => {
  const { slug, id: pipelineId } = await publishSpec(ctx, { ...chain(3), params: [{ name: 'p', type: 'json', default: { longer: [1.5, null], b: 'ü' } }] });
  const { run } = await makeRun(ctx, { pipelineSlug: slug, logicalDate: new Date('2026-01-02T03:04:05.120Z'), interval: { start: new Date(0), end: new Date(1) }, latestUntil: new Date(2), note: 'n' });
  const both = async (ended: boolean, limit = 1000) => findRunWithTasks(run.id, ctx.workspaceId, { limit, ended });
  const separately = async () => ({ run: await findRun(run.id, ctx.workspaceId), tasks: await taskRows(run.id) });
  expect(await both(false)).toEqual(await separately());
  expect((await both(false, 2))!.tasks.map((task) => task.ordinal)).toEqual([0, 1]);
  expect(await both(true)).toEqual({ run, tasks: [] });
  await pool().query(`update run set state = 'succeeded', started_at = '2026-01-01T00:00:00.1Z', finished_at = '2026-01-01T00:00:01Z' where id = $1`, [run.id]);
  expect(await both(true)).toEqual(await separately());
  expect(await findRunWithTasks(run.id, pipelineId, { limit: 1, ended: false })).toBeNull();
  await pool().query('delete from task_run where run_id = $1', [run.id]);
  expect(await both(true)).toEqual(await separately());
});

it('tells of a run as it is written, and of another one right behind it too', async () => {
  const { slug } = await publishSpec(ctx, chain(2));
  const seen: Notice[] = [];
  const listener = await listen((notice) => seen.push(notice), () => undefined);
  const ids = [(await makeRun(ctx, { pipelineSlug: slug })).run.id, (await makeRun(ctx, { pipelineSlug: slug })).run.id];
  for (const id of ids) await vi.waitFor(() => expect(seen).toContainEqual({ topic: 'run', id }));
  expect(seen.filter(({ topic }) => topic === 'work').length).toBeGreaterThan(0);
  await listener.stop();
});

it('writes a plain run with its line of the audit in one statement', async () => {
  const { slug, id: pipelineId } = await publishSpec(ctx, chain(2));
  const first = await createRunView(ctx, { pipelineSlug: slug });
  const asked = vi.spyOn(pool(), 'query');
  const { run } = await makeRun(ctx, { pipelineSlug: slug });
  const writes = asked.mock.calls.map(([what]) => (what as unknown as { text: string }).text).filter((text) => !text.includes('pg_notify'));
  expect(writes.map((text) => text.trim().split(' ')[0])).toEqual(['select', 'with']);
  asked.mockRestore();
  expect(run.pipeline_id).toBe(pipelineId);
  const { items } = await listAudit(ctx, { limit: 50, target: 'run' });
  expect(items.slice(0, 2)).toMatchObject([run.id, first.id].map((targetId) => ({ verb: 'run.create', targetId, actor: ctx.actor, before: null, after: { pipeline: slug, version: 1, params: {}, trigger: 'manual' } })));
  expect((await verifyAudit(ctx)).breaches).toEqual([]);
});

it('writes nothing when the audit cannot be written', async () => {
  const { slug } = await publishSpec(ctx, chain(2));
  const before = await pool().query('select 1 from run');
  await expect(makeRun({ ...ctx, actor: { ...ctx.actor, name: null as never } }, { pipelineSlug: slug })).rejects.toThrow(/actor_name/);
  expect((await pool().query('select 1 from run')).rowCount).toBe(before.rowCount);
});
