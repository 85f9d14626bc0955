import { expect, it } from 'vitest';
import { prisma } from '@/lib/db/client';
import { putChannel } from '@/lib/tenancy/server';
import { makeContext, testDatabase } from '@/lib/testing';
import { startRunHarness } from '@/lib/testing/run-harness';
import { clearTask, tellEndedRuns } from './server';

testDatabase();

it('a run tells the channels of its settings how it ended: once an end, again after a clear, and never of a state nobody asked for', async () => {
  const ctx = await makeContext('admin');
  const channel = { kind: 'webhook' as const, config: { url: 'https://hooks.example.com/penstock' } };
  await putChannel(ctx, 'ops', channel);
  await putChannel(ctx, 'quiet', channel);
  const harness = await startRunHarness(ctx, { roles: ['executor'] });
  try {
    const messages = () => prisma().outboxMessage.findMany({ where: { workspaceId: ctx.workspaceId } });
    const id = await harness.start({
      tasks: [{ id: 'breaks', kind: 'shell', config: { command: 'exit 3' } }, { id: 'after', kind: 'empty', config: {} }],
      edges: [{ from: 'breaks', to: 'after', data: false }],
      settings: { notify: [{ on: ['failed', 'cancelled'], channel: 'ops' }, { on: ['succeeded'], channel: 'quiet' }, { on: ['failed'], channel: 'gone' }] },
    });
    await harness.ended(id);
    await Promise.all([tellEndedRuns(ctx.now), tellEndedRuns(ctx.now)]);
    const told = await messages();
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told[0]!.payload)).toMatch(/Task breaks failed.*1 task was not run/);
    await tellEndedRuns(ctx.now);
    expect(await messages()).toHaveLength(1);
    await clearTask(ctx, id, 'breaks', { downstream: true });
    await harness.ended(id);
    await tellEndedRuns(ctx.now);
    expect(await messages()).toHaveLength(2);
  } finally {
    await harness.stop();
  }
});
