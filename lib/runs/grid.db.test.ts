import { beforeAll, describe, expect, it } from 'vitest';
import { publish } from '@/lib/pipeline/server';
import { makeContext, publishSpec, testDatabase, type TestContext } from '@/lib/testing';
import { taskOrder } from './grid';
import { compareWithSuccess, createRun, markTask, runGrid } from './server';

testDatabase();

let ctx: TestContext;
beforeAll(async () => {
  ctx = await makeContext('admin');
});

const empty = (id: string, name?: string) => ({ id, kind: 'empty' as const, config: {}, ...(name ? { name } : {}) });

it('gives the last runs by task, over versions with different tasks, page by page', async () => {
  const first = { tasks: [empty('a'), empty('gone')], edges: [{ from: 'a', to: 'gone' }] };
  const { slug } = await publishSpec(ctx, first);
  const old = await createRun(ctx, { pipelineSlug: slug });
  await markTask(ctx, old.id, 'a', { state: 'failed', reason: 'by hand' });
  await publish(ctx, slug, { spec: { schemaVersion: 1, params: [], triggers: [], settings: {}, layout: {}, tasks: [empty('a', 'the first'), empty('new')], edges: [{ from: 'a', to: 'new' }] } });
  const newest = await createRun(ctx, { pipelineSlug: slug });
  await markTask(ctx, newest.id, 'a', { state: 'succeeded', reason: 'by hand' });

  const grid = await runGrid(ctx, slug, { runs: 10 });
  expect(grid.tasks).toEqual([{ taskId: 'a', name: 'the first' }, { taskId: 'new', name: 'new' }, { taskId: 'gone', name: 'gone' }]);
  expect(grid.runs.map((r) => [r.id, r.cells.map((c) => c?.state ?? null)])).toEqual([
    [newest.id, ['succeeded', 'ready', null]],
    [old.id, ['failed', null, 'upstream_failed']],
  ]);
  expect(grid.nextCursor).toBeNull();

  const page = await runGrid(ctx, slug, { runs: 1 });
  expect(page.runs.map((r) => r.id)).toEqual([newest.id]);
  expect((await runGrid(ctx, slug, { runs: 1, cursor: page.nextCursor! })).runs.map((r) => r.id)).toEqual([old.id]);
  expect((await runGrid(ctx, slug, { runs: 5, state: ['failed'] })).runs.map((r) => r.id)).toEqual([old.id]);
});

it('sets a run beside the last one before it that succeeded', async () => {
  const { slug } = await publishSpec(ctx, { tasks: [empty('a')], params: [{ name: 'n', type: 'integer', default: 1 }] });
  const runIt = async (n: number, state: 'succeeded' | 'failed') => {
    const { id } = await createRun(ctx, { pipelineSlug: slug, params: { n } });
    await markTask(ctx, id, 'a', { state, reason: 'by hand' });
    return id;
  };
  const good = await runIt(1, 'succeeded');
  expect((await compareWithSuccess(ctx, good)).other).toBeNull();
  await runIt(2, 'failed');
  const compared = await compareWithSuccess(ctx, await runIt(3, 'failed'));
  expect(compared.other?.id).toBe(good);
  expect(compared.params).toEqual([{ name: 'n', now: 3, before: 1 }]);
  expect(compared.tasks).toMatchObject([{ taskId: 'a', now: { state: 'failed' }, before: { state: 'succeeded' }, differs: ['state'] }]);
});

describe('taskOrder', () => {
  it.each([
    [['n', 'o'], [['o', 'x', 0], ['o', 'y', 1], ['n', 'y', 0], ['n', 'z', 1]], ['y', 'z', 'x']],
    [[], [], []],
  ] as const)('%j', (runIds, cells, order) => {
    expect(taskOrder(runIds, cells.map(([run_id, task_id, ordinal]) => ({ run_id, task_id, ordinal })))).toEqual(order);
  });
});
