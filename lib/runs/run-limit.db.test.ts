import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { publishSpec } from '@/lib/testing/product';
import { startRunHarness, type RunHarness } from '@/lib/testing/run-harness';
import { createRun, getRun, whyWaiting } from './server';

testDatabase();

let ctx: TestContext;
let harness: RunHarness;
beforeAll(async () => {
  ctx = await makeContext('editor');
  harness = await startRunHarness(ctx);
});
afterAll(() => harness.stop());

it('a pipeline runs as many runs at once as its settings say, and the rest in the order of their creation', async () => {
  const gate = `/tmp/penstock-limit-${process.pid}`;
  const { slug } = await publishSpec(ctx, {
    tasks: [{ id: 'hold', kind: 'shell', config: { command: `until [ -e ${gate} ]; do sleep 0.05; done` } }],
    settings: { maxActiveRuns: 1 },
  });
  const runs = await Promise.all([1, 2, 3].map(() => createRun(ctx, { pipelineSlug: slug })));
  const first = await Promise.race(runs.map((run) => harness.until(run.id, (r) => r.tasks[0]!.state === 'running')));
  const others = runs.filter((run) => run.id !== first.id);
  for (const { id } of others) {
    expect((await getRun(ctx, id)).tasks[0]).toMatchObject({ state: 'deferred', reason: { code: 'pipeline_limit' } });
    expect((await whyWaiting(ctx, id)).items[0]!.reason.text).toMatch(/fewer runs of this pipeline are active: 1 of at most 1/);
  }
  writeFileSync(gate, '');
  const ended = await Promise.all(runs.map((run) => harness.ended(run.id)));
  rmSync(gate);
  expect(ended.map((run) => run.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  const spans = ended.map((run) => [run.startedAt!.getTime(), run.finishedAt!.getTime()] as const).sort((a, b) => a[0] - b[0]);
  spans.slice(1).forEach(([start], i) => expect(start).toBeGreaterThanOrEqual(spans[i]![1]));
});
