import { expect, it } from 'vitest';
import { makeContext, publishSpec, testDatabase } from '@/lib/testing';
import { createRun, failQueuedTooLong, getRun } from './server';

testDatabase();

it('a task that nobody takes within its queue timeout fails with the reason, and the rules flow on', async () => {
  const ctx = await makeContext();
  const { slug } = await publishSpec(ctx, {
    tasks: [
      { id: 'waits', kind: 'empty', config: {}, queueTimeoutSeconds: 60 },
      { id: 'patient', kind: 'empty', config: {} },
      { id: 'after', kind: 'empty', config: {} },
      { id: 'tidy', kind: 'empty', config: {}, triggerRule: 'all_done' },
    ],
    edges: [{ from: 'waits', to: 'after' }, { from: 'waits', to: 'tidy' }],
  });
  const { id } = await createRun(ctx, { pipelineSlug: slug });
  const states = async () => Object.fromEntries((await getRun(ctx, id)).tasks.map((t) => [t.taskId, t.state]));
  await failQueuedTooLong(new Date(Date.now() + 30_000));
  expect(await states()).toMatchObject({ waits: 'ready', after: 'pending' });
  await failQueuedTooLong(new Date(Date.now() + 61_000));
  expect(await states()).toEqual({ waits: 'failed', patient: 'ready', after: 'upstream_failed', tidy: 'ready' });
  const run = await getRun(ctx, id);
  const reason = run.tasks.find((t) => t.taskId === 'waits')?.reason;
  expect(reason?.code).toBe('queue_timeout');
  expect(reason?.text).toContain('60 s');
  expect(run.state).not.toBe('failed');
});
