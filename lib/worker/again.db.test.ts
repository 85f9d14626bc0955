import { afterAll, beforeAll, expect, it } from 'vitest';
import { clearTask, createRun, isFinalRun, listAttempts, markTask, previewOutput, rerunRun, type RunView } from '@/lib/runs/server';
import { readLogs } from '@/lib/observability/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { edges, startRunHarness, type RunHarness } from '@/lib/testing/run-harness';
import { publishSpec } from '@/lib/testing/product';

testDatabase();

let ctx: TestContext;
let harness: RunHarness;

beforeAll(async () => {
  ctx = await makeContext('editor');
  harness = await startRunHarness(ctx);
});
afterAll(() => harness.stop());

const shell = (id: string, command: string, more: object = {}) => ({ id, kind: 'shell', config: { command }, ...more });
const sql = (id: string, text: string, more: object = {}) => ({ id, kind: 'sql', config: { sql: text }, ...more });
const started = async (slug: string, params = {}) => harness.ended((await createRun(ctx, { pipelineSlug: slug, params })).id);
const states = (run: RunView) => run.tasks.map((t) => t.state).join(' ');
const rows = async (run: RunView, task: string) => (await previewOutput(ctx, run.id, task, { limit: 10, offset: 0, sort: null, profile: false })).rows;

it('what a short attempt reports is there when it has ended, and a retry is given its checkpoint at once', async () => {
  const say = (report: object) => `echo '::penstock ${JSON.stringify(report)}'`;
  const command = `echo "saved=$PENSTOCK_CHECKPOINT"; ${say({ checkpoint: { at: 5 } })}; ${say({ metrics: { accuracy: 0.9 } })}; [ "$PENSTOCK_ATTEMPT" = 2 ]`;
  const began = Date.now();
  const run = await harness.ended(await harness.start({ tasks: [shell('a', command, { retry: { count: 1, delaySeconds: 1 } })] }));
  expect(run.state).toBe('succeeded');
  const { items } = await listAttempts(ctx, run.id, 'a');
  expect(items.map((attempt) => attempt.metrics)).toEqual([{ accuracy: 0.9 }, { accuracy: 0.9 }]);
  expect((await readLogs(ctx, { runId: run.id, taskId: 'a' }, { attempt: 2 })).items[0]?.text).toBe('saved={"at":5}');
  await expect(readLogs(ctx, { runId: run.id, taskId: 'a' }, { attempt: 3 })).rejects.toThrow(/There is no attempt/);
  const waited = items[1]!.claimedAt.getTime() - items[0]!.finishedAt!.getTime();
  expect(waited).toBeGreaterThanOrEqual(950);
  expect(waited, `the whole run took ${Date.now() - began} ms`).toBeLessThan(10_000);
});

it('a clear reaches the same task in earlier or later runs, which a run without a logical date counts by its creation', async () => {
  const { slug } = await publishSpec(ctx, { tasks: [{ id: 'a', kind: 'empty', config: {} }] });
  const at = async (minute: number) => harness.ended((await createRun({ ...ctx, now: new Date(ctx.now.getTime() + minute * 60_000) }, { pipelineSlug: slug })).id);
  const runs = [await at(0), await at(1), await at(2)];
  await clearTask(ctx, runs[1]!.id, 'a', { past: true });
  const attempts = () => Promise.all(runs.map(async ({ id }) => (await harness.until(id, (r) => isFinalRun(r.state))).tasks[0]!.attempt));
  expect(await attempts()).toEqual([2, 2, 1]);
  await clearTask(ctx, runs[1]!.id, 'a', { future: true });
  expect(await attempts()).toEqual([2, 3, 2]);
});

it('a skipped task that is marked succeeded gives its last good table', async () => {
  const { slug } = await publishSpec(ctx, {
    params: [{ name: 'skip', type: 'string', default: '' }],
    tasks: [shell('s', '[ -n {{ params.skip }} ] && exit 99; printf "x\\n4\\n" > "$PENSTOCK_OUTPUT"'), sql('j', 'select count(*)::int as n from s', { triggerRule: 'none_failed' })],
    edges: edges('s>j'),
  });
  expect(await rows(await started(slug), 'j')).toEqual([{ n: 1 }]);
  const run = await started(slug, { skip: 'yes' });
  expect([states(run), await rows(run, 'j')]).toEqual(['skipped succeeded', [{ n: 0 }]]);
  await markTask(ctx, run.id, 's', { state: 'succeeded', reason: 'the file of last time will do' });
  await clearTask(ctx, run.id, 'j', {});
  expect(await rows(await harness.ended(run.id), 'j')).toEqual([{ n: 1 }]);
});

it('a task with reuse takes over a result of an earlier run while nothing it depends on changed; a clear computes it anew', async () => {
  const { slug } = await publishSpec(ctx, {
    params: [{ name: 'n', type: 'integer', default: 1 }],
    tasks: [sql('a', 'select {{ params.n }} as x'), sql('b', 'select x, random() as y from a', { reuse: true, writes: 'memo' }), sql('c', 'select * from b')],
    edges: edges('a>b', 'b>c'),
  });
  const [first, second, other] = [await started(slug), await started(slug), await started(slug, { n: 2 })];
  expect([first, second, other].map(states)).toEqual(['succeeded succeeded succeeded', 'succeeded restored succeeded', 'succeeded succeeded succeeded']);
  expect(await rows(second, 'c')).toEqual(await rows(first, 'c'));
  expect(second.tasks[1]!.restoredFrom).toMatchObject({ runId: first.id, attempt: 1 });
  expect(second.state).toBe('succeeded');
  await clearTask(ctx, second.id, 'b', { downstream: true });
  const again = await harness.ended(second.id);
  expect(states(again)).toBe('succeeded succeeded succeeded');
  expect(await rows(again, 'c')).not.toEqual(await rows(first, 'c'));
});

it('a memoised task behind another one that was taken over is taken over too', async () => {
  const { slug } = await publishSpec(ctx, {
    tasks: [sql('a', 'select random() as x', { reuse: true }), sql('b', 'select * from a', { reuse: true })],
    edges: edges('a>b'),
  });
  expect([states(await started(slug)), states(await started(slug))]).toEqual(['succeeded succeeded', 'restored restored']);
});

it('a rerun of a task that the run does not have is an invalid request', async () => {
  const run = await harness.ended(await harness.start({ tasks: [{ id: 'load', kind: 'empty', config: {} }] }));
  await expect(rerunRun(ctx, run.id, { from: 'start', taskIds: ['laod'] })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'taskIds[0]', message: expect.stringContaining('Did you mean "load"?') as string }] });
});
