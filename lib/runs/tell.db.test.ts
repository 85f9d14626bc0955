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

it('a failed run pauses its pipeline when the settings say so; a run that succeeds, or settings that do not, leave it going', async () => {
  const ctx = await makeContext('admin');
  const harness = await startRunHarness(ctx, { roles: ['executor'] });
  const pausedAfter = async (command: string, settings: { pauseOnFailure?: boolean }) => {
    const id = await harness.start({ tasks: [{ id: 'a', kind: 'shell', config: { command } }], edges: [], settings });
    const { pipeline: slug } = await harness.ended(id);
    await tellEndedRuns(ctx.now);
    return (await prisma().pipeline.findUniqueOrThrow({ where: { workspaceId_slug: { workspaceId: ctx.workspaceId, slug } } })).paused;
  };
  try {
    expect(await pausedAfter('exit 1', { pauseOnFailure: true })).toBe(true);
    expect(await pausedAfter('exit 0', { pauseOnFailure: true })).toBe(false);
    expect(await pausedAfter('exit 1', {})).toBe(false);
    const audited = await prisma().auditEntry.findFirst({ where: { workspaceId: ctx.workspaceId, actorKind: 'system', verb: 'pipeline.update' } });
    expect(audited?.after).toMatchObject({ paused: true });
  } finally {
    await harness.stop();
  }
});
