import { beforeAll, describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db/client';
import { type DraftSpec } from '@/lib/pipeline';
import { createPipeline, publish, updatePipeline } from '@/lib/pipeline/server';
import { getRun, listRuns, markTask } from '@/lib/runs/server';
import { testDatabase } from '@/lib/testing/database';
import { makeContext, type TestContext } from '@/lib/testing/factories';
import { startRun } from '../schedules/service';
import { advanceBackfills } from './advance';
import { planBody, REPROCESS, type BackfillView } from './schema';
import { cancelBackfill, extendBackfill, getBackfill, listBackfills, pauseBackfill, planBackfill, resumeBackfill, resumeFailed, startBackfill } from './service';

testDatabase();

let ctx: TestContext;
let counter = 0;
const now = new Date('2026-02-01T00:00:00Z');
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

beforeAll(async () => {
  ctx = await makeContext('editor', { now });
});

const SPEC: DraftSpec = {
  schemaVersion: 1,
  params: [{ name: 'city', type: 'string', default: 'Seattle' }],
  tasks: [
    { id: 'load', kind: 'sql', config: { sql: 'select 1 as a' } },
    { id: 'clean', kind: 'sql', config: { sql: 'select * from load' } },
    { id: 'sum', kind: 'sql', config: { sql: 'select * from clean' } },
  ],
  edges: [{ from: 'load', to: 'clean' }, { from: 'clean', to: 'sum' }],
  triggers: [{ kind: 'schedule', every: 'P1D', start: '2026-01-01', enabled: false }],
  settings: {},
  layout: {},
};

async function pipelineOf(change: Partial<DraftSpec> = {}): Promise<string> {
  const slug = `fill-${(counter += 1)}`;
  await createPipeline(ctx, { slug, name: slug });
  await publish(ctx, slug, { spec: { ...SPEC, ...change } });
  return slug;
}

const plan = (slug: string, body: object) => planBackfill(ctx, slug, planBody.parse(body));
const start = async (slug: string, body: object): Promise<BackfillView> => startBackfill(ctx, slug, (await plan(slug, body)).token);
const range = (from: number, to: number) => ({ from: day(from).toISOString(), to: day(to).toISOString() });
const states = (view: BackfillView) => view.items.map((item) => item.state);

async function runAt(slug: string, n: number, state?: 'succeeded' | 'failed'): Promise<string> {
  const { id } = await startRun(ctx, { pipelineSlug: slug, logicalDate: day(n) });
  if (state) await endRun(id, state);
  return id;
}

async function endRun(id: string, state: 'succeeded' | 'failed'): Promise<void> {
  for (const task of (await getRun(ctx, id)).tasks) await markTask(ctx, id, task.taskId, { state, reason: 'by hand' }).catch(() => undefined);
}

/** One look of a worker at the backfills; then every run under way ends. */
async function work(slug: string, id: string, state: 'succeeded' | 'failed' = 'succeeded'): Promise<BackfillView> {
  await advanceBackfills(now);
  for (const item of (await getBackfill(ctx, slug, id)).items) if (item.state === 'running') await endRun(item.runId!, state);
  await advanceBackfills(now);
  return getBackfill(ctx, slug, id);
}

describe('a plan', () => {
  it.each(REPROCESS)('every cell of the matrix, reprocess %s', async (reprocess) => {
    const slug = await pipelineOf();
    await runAt(slug, 2);
    await runAt(slug, 3, 'failed');
    const cancelled = await runAt(slug, 4);
    await prisma().run.updateMany({ where: { id: cancelled }, data: { state: 'cancelled' } });
    await runAt(slug, 5, 'succeeded');
    await runAt(slug, 6, 'failed');
    await runAt(slug, 6, 'succeeded');
    const { items } = await plan(slug, { ...range(1, 6), reprocess });
    expect(items.map((item) => item.action)).toEqual({
      none: ['create', 'skip', 'skip', 'skip', 'skip', 'skip'],
      failed: ['create', 'skip', 'rerun', 'rerun', 'skip', 'skip'],
      completed: ['create', 'skip', 'rerun', 'rerun', 'rerun', 'rerun'],
    }[reprocess]);
  });

  it('estimates by the median of past runs, and says nothing when none is known', async () => {
    const slug = await pipelineOf();
    expect((await plan(slug, range(1, 1))).items[0]).not.toHaveProperty('estimateSeconds');
    for (const [n, seconds] of [[1, 5], [2, 7], [3, 90]] as const) {
      const id = await runAt(slug, n, 'succeeded');
      await prisma().run.update({ where: { id }, data: { startedAt: day(1), finishedAt: new Date(day(1).getTime() + seconds * 1000) } });
    }
    expect((await plan(slug, range(3, 4))).items.map((item) => item.estimateSeconds)).toEqual([undefined, 7]);
  });

  it('of a year of days takes well under a second', async () => {
    const slug = await pipelineOf({ triggers: [{ kind: 'schedule', cron: '0 0 * * *', zone: 'Europe/Berlin', start: '2024-01-01' }] });
    await plan(slug, { from: '2024-01-01', to: '2024-01-02' });
    const before = performance.now();
    const { items } = await plan(slug, { from: '2025-01-01', to: '2025-12-31' });
    expect([items.length, performance.now() - before < 1000]).toEqual([365, true]);
  });

  it.each([
    [{ ...range(1, 2), taskIds: ['load', 'ghost'] }, 'taskIds[1]'],
    [{ ...range(1, 2), params: { town: 'x' } }, 'params.town'],
    [{ ...range(5, 2) }, 'to'],
  ])('is refused: %j at %s', async (body, path) => {
    const slug = await pipelineOf();
    await expect(plan(slug, body)).rejects.toMatchObject({ code: 'invalid', issues: [{ path }] });
  });

  it('is refused without a version', async () => {
    await createPipeline(ctx, { slug: 'blank', name: 'Blank' });
    await expect(plan('blank', range(1, 2))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('no published version') as string });
  });
});

describe('a start', () => {
  it('does what was planned: so many runs at once, in order, in its lane, and ends', async () => {
    const slug = await pipelineOf();
    await updatePipeline(ctx, slug, { paused: true });
    const made = await start(slug, { ...range(1, 5), maxActiveRuns: 2, order: 'reverse' });
    expect([made.state, states(made)]).toEqual(['running', Array(5).fill('waiting')]);
    await advanceBackfills(now);
    const first = await getBackfill(ctx, slug, made.id);
    expect(first.items.map((item) => [item.intervalStart.getUTCDate(), item.state])).toEqual([[5, 'running'], [4, 'running'], [3, 'waiting'], [2, 'waiting'], [1, 'waiting']]);
    expect(await getRun(ctx, first.items[0]!.runId!)).toMatchObject({ lane: 'backfill', trigger: { kind: 'backfill', id: made.id }, interval: { start: day(5), end: day(6) } });
    let view = first;
    for (let i = 0; i < 3; i++) view = await work(slug, made.id);
    expect([view.state, view.counts.succeeded, view.finishedAt !== null]).toEqual(['succeeded', 5, true]);
  });

  it('makes every run once, however many workers look', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, { ...range(1, 20), maxActiveRuns: 20 });
    await Promise.all(Array.from({ length: 6 }, () => advanceBackfills(now)));
    expect((await listRuns(ctx, { pipeline: slug, limit: 100 })).items).toHaveLength(20);
    await cancelBackfill(ctx, slug, id);
  });

  it('keeps nothing of a look that is cut before its commit', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, range(1, 3));
    await prisma().$executeRawUnsafe(`create function cut() returns trigger language plpgsql as $$ begin raise exception 'cut'; end $$`);
    await prisma().$executeRawUnsafe(`create trigger cut before update on backfill_item for each row when (new.interval_start = '2026-01-02Z' and new.state = 'running') execute function cut()`);
    await advanceBackfills(now);
    expect((await listRuns(ctx, { pipeline: slug, limit: 100 })).items).toEqual([]);
    await prisma().$executeRawUnsafe(`drop function cut cascade`);
    expect((await work(slug, id)).counts.succeeded).toBe(3);
  });

  it('reruns under the same id, and on the newest version as a new run', async () => {
    const slug = await pipelineOf();
    const old = await runAt(slug, 1, 'succeeded');
    await runAt(slug, 2, 'failed');
    await publish(ctx, slug, { spec: { ...SPEC, settings: { maxActiveTasks: 2 } } });
    const own = await start(slug, { ...range(1, 1), reprocess: 'completed' });
    const done = await work(slug, own.id);
    expect([done.items[0]!.runId, (await getRun(ctx, old)).version, (await getRun(ctx, old)).lane]).toEqual([old, 1, 'backfill']);
    const newest = await work(slug, (await start(slug, { ...range(2, 2), reprocess: 'failed', version: 'newest' })).id);
    expect((await getRun(ctx, newest.items[0]!.runId!)).version).toBe(2);
  });

  it('is refused with the new plan when a run began meanwhile, and starts with its token', async () => {
    const slug = await pipelineOf();
    const before = await plan(slug, range(1, 3));
    await runAt(slug, 2);
    const refused = (await startBackfill(ctx, slug, before.token).catch((error: unknown) => error)) as { code: string; extra: { token: string; items: { action: string }[] } };
    expect([refused.code, refused.extra.items.map((item) => item.action)]).toEqual(['conflict', ['create', 'skip', 'create']]);
    expect((await listBackfills(ctx, { pipeline: slug, limit: 10 })).items).toEqual([]);
    expect(states(await startBackfill(ctx, slug, refused.extra.token))).toEqual(['waiting', 'skipped', 'waiting']);
  });

  it('over an interval that another one holds is refused and names it, also when both start at once', async () => {
    const slug = await pipelineOf();
    const [a, b] = [await plan(slug, range(1, 5)), await plan(slug, range(5, 9))];
    const results = await Promise.allSettled([startBackfill(ctx, slug, a.token), startBackfill(ctx, slug, b.token)]);
    const made = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : []));
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [String((each.reason as Error).message)] : []));
    expect([made.length, refused.length, refused[0]!.includes(made[0]!)]).toEqual([1, 1, true]);
    await cancelBackfill(ctx, slug, made[0]!);
    await start(slug, { ...range(5, 9), reprocess: 'failed' });
  });

  it('is refused without a token of this pipeline', async () => {
    const [slug, other] = [await pipelineOf(), await pipelineOf()];
    await expect(startBackfill(ctx, slug, 'nonsense')).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'token' }] });
    await expect(startBackfill(ctx, slug, (await plan(other, range(1, 2))).token)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('with nothing to do is done at once', async () => {
    const slug = await pipelineOf();
    await runAt(slug, 1, 'succeeded');
    expect(await start(slug, range(1, 1))).toMatchObject({ state: 'succeeded', counts: { skipped: 1, total: 1 } });
  });

  it('passes over what began after the start', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, range(1, 2));
    await runAt(slug, 2);
    await advanceBackfills(now);
    expect((await getBackfill(ctx, slug, id)).items.map((item) => [item.state, item.reason])).toEqual([['running', 'no run'], ['skipped', 'in flight']]);
  });
});

describe('under way', () => {
  it('pauses and goes on', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, { ...range(1, 4), maxActiveRuns: 1 });
    await advanceBackfills(now);
    expect((await pauseBackfill(ctx, slug, id)).state).toBe('paused');
    expect(states(await work(slug, id))).toEqual(['succeeded', 'waiting', 'waiting', 'waiting']);
    await resumeBackfill(ctx, slug, id);
    expect(states(await work(slug, id))).toEqual(['succeeded', 'succeeded', 'running', 'waiting']);
    await cancelBackfill(ctx, slug, id);
  });

  it('is cancelled with the runs under way, and what was left can be resumed', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, { ...range(1, 4), maxActiveRuns: 2 });
    await advanceBackfills(now);
    const view = await cancelBackfill(ctx, slug, id);
    expect([view.state, states(view)]).toEqual(['cancelled', Array(4).fill('cancelled')]);
    expect((await getRun(ctx, view.items[0]!.runId!)).state).toBe('cancelled');
    await resumeFailed(ctx, slug, id);
    await work(slug, id);
    expect((await work(slug, id)).counts.succeeded).toBe(4);
  });

  it('resumes what failed from where it failed', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, range(1, 2));
    const failed = await work(slug, id, 'failed');
    expect([failed.state, states(failed)]).toEqual(['failed', ['failed', 'failed']]);
    await expect(resumeBackfill(ctx, slug, id)).rejects.toMatchObject({ code: 'conflict' });
    const runIds = failed.items.map((item) => item.runId);
    await resumeFailed(ctx, slug, id);
    const done = await work(slug, id);
    expect([done.state, done.items.map((item) => item.runId)]).toEqual(['succeeded', runIds]);
    await expect(resumeFailed(ctx, slug, id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is extended by further intervals', async () => {
    const slug = await pipelineOf();
    const { id } = await start(slug, range(1, 2));
    await work(slug, id);
    const more = await extendBackfill(ctx, slug, id, { to: '2026-01-04' });
    expect([more.state, more.items.map((item) => item.intervalStart.getUTCDate()), states(more)]).toEqual(['running', [1, 2, 3, 4], ['succeeded', 'succeeded', 'waiting', 'waiting']]);
    expect((await work(slug, id)).state).toBe('succeeded');
    await expect(extendBackfill(ctx, slug, id, { to: '2026-01-03' })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'to' }] });
  });
});

describe('a part of the pipeline', () => {
  it('runs the chosen tasks alone, with the newest results of those before them', async () => {
    const slug = await pipelineOf();
    const whole = await runAt(slug, 1, 'succeeded');
    const table = { files: [], schema: [{ name: 'a', type: 'INTEGER' }], rowCount: 0, bytes: 0 };
    await prisma().taskRun.updateMany({ where: { runId: whole, taskId: 'load' }, data: { tableOutput: table } });
    const { items } = await plan(slug, { ...range(1, 2), taskIds: ['clean'], reprocess: 'completed' });
    expect(items.map((item) => [item.action, item.reason])).toEqual([['rerun', 'succeeded'], ['skip', 'no output of load is kept for this interval']]);
    const { id } = await start(slug, { ...range(1, 2), taskIds: ['clean'], reprocess: 'completed' });
    await advanceBackfills(now);
    const view = await getBackfill(ctx, slug, id);
    const run = await getRun(ctx, view.items[0]!.runId!);
    expect([run.id === whole, run.tasks.map((task) => [task.taskId, task.state]), run.taskCount]).toEqual([false, [['clean', 'ready']], 1]);
    const outside = await prisma().taskRun.findFirstOrThrow({ where: { runId: run.id, taskId: 'load' } });
    expect([outside.state, outside.tableOutput, outside.restoredFrom]).toMatchObject(['restored', table, { runId: whole }]);
    await work(slug, id);
    expect((await getRun(ctx, run.id)).state).toBe('succeeded');
  });
});
