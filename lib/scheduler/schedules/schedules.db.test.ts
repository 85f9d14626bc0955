import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db/client';
import { type DraftSpec } from '@/lib/pipeline';
import { createPipeline, publish, updatePipeline } from '@/lib/pipeline/server';
import { cancelRun, getRun, listRuns, markTask, releaseWaitingForPast, type RunSummary } from '@/lib/runs/server';
import { testDatabase } from '@/lib/testing/database';
import { makeContext, type TestContext } from '@/lib/testing/factories';
import { deleteCalendar, getCalendar, putCalendar } from '../calendars/service';
import { fireDueSchedules, listSchedules, startRun } from './service';

testDatabase();

let ctx: TestContext;
let counter = 0;
const day = (n: number, hour = 0): Date => new Date(Date.UTC(2026, 0, n, hour));

beforeAll(async () => {
  ctx = await makeContext('editor');
});
beforeEach(async () => {
  await prisma().pipeline.updateMany({ data: { archivedAt: new Date() } });
});

type Trigger = Record<string, unknown>;

async function pipelineWith(...triggers: Trigger[]): Promise<string> {
  const slug = `daily-${(counter += 1)}`;
  await createPipeline(ctx, { slug, name: slug });
  await publishWith(slug, ...triggers);
  return slug;
}

async function publishWith(slug: string, ...triggers: Trigger[]): Promise<void> {
  await publishSettings(slug, {}, ...triggers);
}

async function publishSettings(slug: string, settings: DraftSpec['settings'], ...triggers: Trigger[]): Promise<void> {
  const spec: DraftSpec = {
    schemaVersion: 1,
    params: [],
    tasks: [
      { id: 'a', kind: 'empty', config: {} },
      { id: 'b', kind: 'empty', config: {}, latestOnly: true },
    ],
    edges: [{ from: 'a', to: 'b' }],
    triggers: triggers.map((trigger) => ({ kind: 'schedule', every: 'P1D', start: '2026-01-01', ...trigger })),
    settings,
    layout: {},
  };
  await publish(ctx, slug, { spec });
}

const runsOf = async (slug: string): Promise<RunSummary[]> => (await listRuns(ctx, { pipeline: slug, limit: 200 })).items.toReversed();
const covers = (runs: RunSummary[]) => runs.map((run) => run.interval?.start.getUTCDate());
const end = async (run: RunSummary) => {
  for (const task of ['a', 'b']) await markTask(ctx, run.id, task, { state: 'succeeded', reason: 'by hand' });
};

describe('a schedule fires', () => {
  it('at the end of its interval, covering it', async () => {
    const slug = await pipelineWith({});
    await fireDueSchedules(day(1, 23));
    expect(await runsOf(slug)).toEqual([]);
    await fireDueSchedules(day(2));
    const [run] = await runsOf(slug);
    expect(run).toMatchObject({ trigger: { kind: 'schedule' }, lane: 'production', logicalDate: day(1), interval: { start: day(1), end: day(2) }, version: 1 });
    expect((await prisma().run.findUniqueOrThrow({ where: { id: run!.id } })).dueAt).toEqual(day(2));
    await fireDueSchedules(day(2, 1));
    expect(await runsOf(slug)).toHaveLength(1);
  });

  it('once, however many schedulers look at the same time', async () => {
    const slugs = await Promise.all(Array.from({ length: 6 }, () => pipelineWith({ catchup: true, overlap: 'allow_all' })));
    await Promise.all(Array.from({ length: 5 }, () => fireDueSchedules(day(9))));
    for (const slug of slugs) expect(covers(await runsOf(slug))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('or nothing of it is kept, when the process dies before the commit', async () => {
    const slug = await pipelineWith({});
    await fireDueSchedules(day(1));
    await prisma().$executeRawUnsafe(`create function cut() returns trigger language plpgsql as $$ begin raise exception 'cut'; end $$`);
    await prisma().$executeRawUnsafe(`create trigger cut before update on schedule for each row when (new.covered_until is not null) execute function cut()`);
    await fireDueSchedules(day(2));
    expect(await runsOf(slug)).toEqual([]);
    await prisma().$executeRawUnsafe(`drop function cut cascade`);
    await fireDueSchedules(day(2));
    expect(covers(await runsOf(slug))).toEqual([1]);
  });

  it('for the latest interval alone, and for every one with catchup, one after another', async () => {
    const [latest, all] = [await pipelineWith({}), await pipelineWith({ catchup: true })];
    await fireDueSchedules(day(4));
    expect(covers(await runsOf(latest))).toEqual([3]);
    expect(covers(await runsOf(all))).toEqual([1]);
    for (const n of [2, 3]) {
      await end((await runsOf(all)).at(-1)!);
      expect((await fireDueSchedules(day(4))).at).toEqual(day(5));
      expect(covers(await runsOf(all)).at(-1)).toBe(n);
    }
  });

  it('not while the pipeline is paused; afterwards the latest alone', async () => {
    const slug = await pipelineWith({});
    await fireDueSchedules(day(2));
    await end((await runsOf(slug))[0]!);
    await updatePipeline(ctx, slug, { paused: true });
    await fireDueSchedules(day(5));
    expect(await runsOf(slug)).toHaveLength(1);
    await updatePipeline(ctx, slug, { paused: false });
    await fireDueSchedules(day(5, 3));
    expect(covers(await runsOf(slug))).toEqual([1, 4]);
  });

  it('not while it is off', async () => {
    const slug = await pipelineWith({ enabled: false });
    await fireDueSchedules(day(5));
    expect(await runsOf(slug)).toEqual([]);
  });

  it('and passes over what a run covers already', async () => {
    const slug = await pipelineWith({ catchup: true });
    await startRun({ ...ctx, now: day(2) }, { pipelineSlug: slug, logicalDate: day(1) });
    await fireDueSchedules(day(3));
    expect((await runsOf(slug)).map((run) => [run.trigger.kind, run.interval?.start.getUTCDate()])).toEqual([['manual', 1], ['schedule', 2]]);
  });
});

describe('runs that meet', () => {
  it.each([
    ['skip', [1], 'running', 'skipped'],
    ['buffer_one', [1], 'running', undefined],
    ['allow_all', [1, 2], 'running', 'run'],
    ['cancel_other', [1, 2], 'cancelled', 'run'],
  ] as const)('%s', async (overlap, expected, first, result) => {
    const slug = await pipelineWith({ overlap });
    await fireDueSchedules(day(2));
    await prisma().run.updateMany({ where: { pipelineSlug: slug }, data: { state: 'running' } });
    await fireDueSchedules(day(3));
    const runs = await runsOf(slug);
    expect([covers(runs), runs[0]!.state]).toEqual([expected, first]);
    const [schedule] = (await listSchedules({ ...ctx, now: day(3) }, { pipelines: [slug] })).items;
    if (result) expect(schedule!.lastResult?.kind).toBe(result);
    if (overlap !== 'buffer_one') return;
    expect(schedule!.waiting).toBe(1);
    await cancelRun(ctx, runs[0]!.id);
    await fireDueSchedules(day(3, 1));
    expect(covers(await runsOf(slug))).toEqual([1, 2]);
  });
});

describe('a new version', () => {
  it('goes on where the one before stood', async () => {
    const slug = await pipelineWith({});
    await fireDueSchedules(day(2));
    await end((await runsOf(slug))[0]!);
    await publishWith(slug, { overlap: 'buffer_all' });
    await fireDueSchedules(day(2, 5));
    expect(covers(await runsOf(slug))).toEqual([1]);
    await fireDueSchedules(day(3));
    expect((await runsOf(slug)).map((run) => [run.interval?.start.getUTCDate(), run.version])).toEqual([[1, 1], [2, 2]]);
  });

  it('with other times begins after what is covered', async () => {
    const slug = await pipelineWith({});
    await fireDueSchedules(day(2, 3));
    await end((await runsOf(slug))[0]!);
    await publishWith(slug, { every: 'PT1H', catchup: true, overlap: 'allow_all' });
    await fireDueSchedules(day(2, 5));
    expect((await runsOf(slug)).slice(1).map((run) => run.interval?.start.getUTCHours())).toEqual([0, 1, 2, 3, 4]);
  });

  it('without the schedule ends it, and a pipeline without one has none', async () => {
    const slug = await pipelineWith({}, { every: 'PT6H' });
    expect((await listSchedules(ctx, { pipelines: [slug] })).items.map((each) => each.words)).toEqual(['Every day', 'Every 6 hours']);
    await publishWith(slug, { every: 'PT6H' });
    expect((await listSchedules(ctx, { pipelines: [slug] })).items.map((each) => each.words)).toEqual(['Every 6 hours']);
    await publishWith(slug);
    expect((await listSchedules(ctx, { pipelines: [slug] })).items).toEqual([]);
  });
});

describe('a run by hand', () => {
  it('covers the interval that starts at its logical date, also of a disabled schedule', async () => {
    const slug = await pipelineWith({ enabled: false });
    const run = await startRun(ctx, { pipelineSlug: slug, logicalDate: day(7) });
    expect(run.interval).toEqual({ start: day(7), end: day(8) });
    expect((await prisma().run.findUniqueOrThrow({ where: { id: run.id } })).latestUntil).toEqual(day(9));
    const other = await startRun(ctx, { pipelineSlug: slug, logicalDate: day(7, 5) });
    expect([other.interval, other.logicalDate]).toEqual([null, day(7, 5)]);
  });

  it('of an old interval skips what is for the latest only', async () => {
    const slug = await pipelineWith({ enabled: false });
    const old = await startRun(ctx, { pipelineSlug: slug, logicalDate: day(7) });
    await markTask(ctx, old.id, 'a', { state: 'succeeded', reason: 'x' });
    const rows = await prisma().taskRun.findMany({ where: { runId: old.id }, orderBy: { ordinal: 'asc' } });
    expect(rows.map((row) => row.state)).toEqual(['succeeded', 'skipped']);
    const without = await startRun(ctx, { pipelineSlug: slug });
    await markTask(ctx, without.id, 'a', { state: 'succeeded', reason: 'x' });
    expect((await prisma().taskRun.findFirstOrThrow({ where: { runId: without.id, taskId: 'b' } })).state).toBe('ready');
  });
});

it('with dependsOnPast a run waits for the one of the interval before it', async () => {
  const slug = await pipelineWith();
  await publishSettings(slug, { dependsOnPast: true }, { enabled: false });
  const at = (n: number) => startRun(ctx, { pipelineSlug: slug, logicalDate: day(n) });
  const firstTask = async (id: string) => (await getRun(ctx, id)).tasks[0]!;
  const one = await at(1);
  const two = await at(2);
  expect([(await firstTask(one.id)).state, (await firstTask(two.id)).state, (await firstTask(two.id)).reason?.code]).toEqual(['ready', 'deferred', 'depends_on_past']);
  expect(await releaseWaitingForPast()).toBe(1);
  await markTask(ctx, one.id, 'a', { state: 'succeeded', reason: 'x' });
  expect((await getRun(ctx, one.id)).state).toBe('succeeded');
  expect(await releaseWaitingForPast()).toBe(0);
  expect((await firstTask(two.id)).state).toBe('ready');
});

describe('a calendar', () => {
  const starts = async (slug: string) => covers(await runsOf(slug));

  it('keeps a schedule from firing on its days, and the interval before goes on over them', async () => {
    await putCalendar(ctx, 'holidays', { dates: ['2026-01-04', '2026-01-03', '2026-01-04'] });
    const slug = await pipelineWith({ catchup: true, overlap: 'allow_all', calendar: 'holidays' });
    await fireDueSchedules(day(4, 12));
    expect(await starts(slug)).toEqual([1]);
    await fireDueSchedules(day(6));
    expect((await runsOf(slug)).map(({ interval }) => [interval!.start.getUTCDate(), interval!.end.getUTCDate()])).toEqual([[1, 2], [2, 5], [5, 6]]);
    expect(await startRun(ctx, { pipelineSlug: slug, logicalDate: day(2) })).toMatchObject({ interval: { start: day(2), end: day(5) } });
    expect(await startRun(ctx, { pipelineSlug: slug, logicalDate: day(3) })).toMatchObject({ interval: null });
  });

  it('that changes is gone by at once', async () => {
    await putCalendar(ctx, 'moving', { dates: ['2026-01-02', '2026-01-03'] });
    const slug = await pipelineWith({ calendar: 'moving' });
    await fireDueSchedules(day(2));
    expect((await listSchedules({ ...ctx, now: day(2) }, { pipelines: [slug] })).items[0]).toMatchObject({ calendar: 'moving', next: { start: day(1), end: day(4) } });
    await putCalendar({ ...ctx, now: day(2) }, 'moving', { dates: ['2026-01-02'] });
    await fireDueSchedules(day(3));
    expect((await runsOf(slug)).map(({ interval }) => interval)).toEqual([{ start: day(1), end: day(3) }]);
  });

  it('cannot be removed while a published schedule names it, and an unknown one cannot be named', async () => {
    await putCalendar(ctx, 'used', { dates: [] });
    const slug = await pipelineWith({ calendar: 'used' });
    expect(await getCalendar(ctx, 'used')).toMatchObject({ dates: [], usedBy: [slug] });
    await expect(deleteCalendar(ctx, 'used')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(slug) as string });
    await publishWith(slug, {});
    await deleteCalendar(ctx, 'used');
    await expect(getCalendar(ctx, 'used')).rejects.toMatchObject({ code: 'not_found' });
    await expect(pipelineWith({ calendar: 'used' })).rejects.toMatchObject({ issues: [{ path: 'triggers[0].calendar' }] });
  });
});
