import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { edges, startRunHarness, type RunHarness } from '@/lib/testing/run-harness';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { clearTask, runTimeline } from './server';

vi.setConfig({ testTimeout: 60_000 });
testDatabase();

let ctx: TestContext;
let runs: RunHarness;
beforeAll(async () => {
  ctx = await makeContext('admin');
  runs = await startRunHarness(ctx);
});
afterAll(() => runs.stop());

it('tells every attempt of every task and the chain that determined the end', async () => {
  const id = await runs.start({
    tasks: [
      { id: 'start', kind: 'empty', config: {} },
      { id: 'quick', kind: 'empty', config: {} },
      { id: 'twice', kind: 'shell', config: { command: 'exit 3' }, retry: { count: 1, delaySeconds: 0 } },
      { id: 'tidy', kind: 'empty', config: {}, triggerRule: 'all_done' },
    ],
    edges: edges('start>quick', 'start>twice', 'quick>tidy', 'twice>tidy'),
  });
  await runs.ended(id);
  const line = await runTimeline(ctx, id);
  const task = (taskId: string) => line.tasks.find((t) => t.taskId === taskId)!;
  expect(line.tasks.filter((t) => t.critical).map((t) => t.taskId)).toEqual(['start', 'twice', 'tidy']);
  expect(line.tasks.filter((t) => t.slackMs === 0).map((t) => t.taskId)).toEqual(['start', 'twice', 'tidy']);
  expect(task('quick').slackMs).toBeGreaterThan(0);
  expect(task('twice').attempts.map(({ number, state, message }) => [number, state, message !== null])).toEqual([[1, 'failed', true], [2, 'failed', true]]);
  expect(task('twice').waitsFrom).toEqual(task('start').finishedAt);
  expect(task('start').waitsFrom).toEqual(line.createdAt);
  expect(task('tidy').upstream).toEqual(['quick', 'twice']);

  await clearTask(ctx, id, 'twice', { downstream: true });
  await runs.ended(id);
  const again = await runTimeline(ctx, id);
  const twice = again.tasks.find((t) => t.taskId === 'twice')!;
  expect(twice.attempts.map((a) => a.beforeClear)).toEqual([true, true, false, false]);
  expect(twice.waitsFrom!.getTime()).toBeGreaterThanOrEqual(line.finishedAt!.getTime());
});
