import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { listAttempts, runStory } from '@/lib/runs/server';
import { putChannel } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { startRunHarness, type RunHarness } from '@/lib/testing/run-harness';

const database = testDatabase();
let ctx: TestContext;
let harness: RunHarness;

beforeAll(async () => {
  ctx = await makeContext('admin');
  harness = await startRunHarness(ctx, { roles: ['executor', 'sweeper'], slots: 8 });
}, 60_000);
afterAll(() => harness.stop());

const file = (name: string) => path.join(database.home, name);
const shell = (id: string, command: string, more: object = {}) => ({ id, kind: 'shell', config: { command }, ...more });
const python = (id: string, script: string, more: object = {}) => ({ id, kind: 'python', config: { script }, ...more });
/** Killed and not waited for is dead enough. */
const isAlive = (pid: string) => existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
const paceOf = async (id: string, wished: string) =>
  (await harness.until(id, (run) => run.tasks[0]!.pace?.state === wished)).tasks[0]!.pace!;

it('a task that sleeps silently is stalled: its processes are killed, the try failed, and the next one succeeds', async () => {
  const pids = file('stalled-pids');
  const id = await harness.start({
    tasks: [
      shell('sleeper', `test -e ${file('second')} && exit 0; touch ${file('second')}; sleep 301 & echo $! > ${pids}; sleep 302`, {
        stalled: { afterSeconds: 2, then: 'retry' },
        retry: { count: 1, on: ['stalled'] },
      }),
    ],
  });
  const run = await harness.ended(id);
  expect(run.state).toBe('succeeded');
  const { items } = await listAttempts(ctx, id, 'sleeper');
  expect(items.map((a) => a.state)).toEqual(['failed', 'succeeded']);
  expect(items[0]!.error).toMatchObject({ code: 'stalled', message: expect.stringMatching(/^No CPU, output or progress for \d+ s: stalled\. It was stopped\.$/) as string });
  expect(isAlive(readFileSync(pids, 'utf8').trim())).toBe(false);
  const { events } = await runStory(ctx, id);
  expect(events.map(({ kind, taskId, attempt }) => ({ kind, taskId, attempt }))).toEqual([{ kind: 'stalled', taskId: 'sleeper', attempt: 1 }]);
  expect(run.tasks[0]!.pace).toBeNull();
}, 60_000);

it('a task that burns CPU without a word is at work, and nobody ends it', async () => {
  const until = file('burn-until');
  const id = await harness.start({
    tasks: [python('burner', `import os\nwhile not os.path.exists(${JSON.stringify(until)}):\n    sum(range(200000))\n`, { stalled: { afterSeconds: 2, then: 'retry' } })],
  });
  const { tasks } = await harness.until(id, (run) => (run.tasks[0]!.pace?.vitals.cpu?.overSeconds ?? 0) > 4);
  expect(tasks[0]!.pace).toMatchObject({ state: 'working', text: expect.stringMatching(/^Working: \d+ % CPU over the last \d+ s, no output yet\.$/) as string });
  expect(tasks[0]!.pace!.vitals.cpu!.percent).toBeGreaterThan(5);
  writeFileSync(until, '');
  expect((await harness.ended(id)).state).toBe('succeeded');
  expect(await listAttempts(ctx, id, 'burner')).toMatchObject({ items: [{ state: 'succeeded' }] });
  expect((await runStory(ctx, id)).events).toEqual([]);
}, 60_000);

it('by default a stall is told and nothing is ended; it is told once, and so is that the task resumes', async () => {
  await putChannel(ctx, 'ops', { kind: 'webhook', config: { url: 'https://hooks.example.com/penstock' } });
  await putChannel(ctx, 'quiet', { kind: 'webhook', config: { url: 'https://hooks.example.com/penstock' } });
  const go = file('resume');
  const end = file('resumed');
  const id = await harness.start({
    tasks: [python('naps', `import os, time\nprint("begins")\nwhile not os.path.exists(${JSON.stringify(go)}): time.sleep(0.3)\nwhile not os.path.exists(${JSON.stringify(end)}):\n    print("again")\n    time.sleep(0.3)\n`, { stalled: { afterSeconds: 2 } })],
    settings: { notify: [{ on: ['failed'], channel: 'ops' }, { on: ['succeeded'], channel: 'quiet' }, { on: ['failed'], channel: 'gone' }] },
  });
  const messages = async () => (await prisma().outboxMessage.findMany({ where: { workspaceId: ctx.workspaceId } })).map((m) => JSON.stringify(m.payload));
  expect((await paceOf(id, 'stalled')).text).toMatch(/^No CPU, output or progress for \d+ s: stalled\.$/);
  // it goes on being stalled: nothing more is told
  await harness.until(id, (run) => /for \d\d s/.test(run.tasks[0]!.pace?.text ?? ''));
  expect(await messages()).toEqual([expect.stringMatching(/task naps stalled/)]);
  writeFileSync(go, '');
  await paceOf(id, 'working');
  writeFileSync(end, '');
  expect((await harness.ended(id)).state).toBe('succeeded');
  const { events } = await runStory(ctx, id);
  expect(events.map((e) => e.kind)).toEqual(['stalled', 'resumed']);
  expect(events[1]!.text).toMatch(/^Resumed after \d+ s without a sign of life\. Working: /);
  expect(events[1]!.since).toEqual(events[0]!.since);
  expect((await messages()).filter((m) => m.includes('task naps'))).toHaveLength(2);
}, 60_000);

it('a task that sleeps on a connection waits on the outside, and is no stall', async () => {
  const server = net.createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  try {
    const id = await harness.start({
      tasks: [python('asks', `import socket\nsocket.create_connection(("127.0.0.1", ${port})).recv(1)\n`, { stalled: { afterSeconds: 3, then: 'retry' } })],
    });
    const pace = await paceOf(id, 'waiting');
    expect(pace.text).toMatch(new RegExp(`^Waiting on the outside for \\d+ s: asleep on a connection to 127\\.0\\.0\\.1:${port}\\.$`));
    await harness.until(id, (run) => Number(/for (\d+) s/.exec(run.tasks[0]!.pace?.text ?? '')?.[1]) >= 4);
    for (const socket of sockets) socket.end('x');
    expect((await harness.ended(id)).state).toBe('succeeded');
    expect((await runStory(ctx, id)).events).toEqual([]);
  } finally {
    server.close();
  }
}, 60_000);

it('a task that takes far longer than its history is slow, and says how long is usual', async () => {
  const hold = file('hold');
  writeFileSync(hold, '');
  const task = python('usual', `import os\nwhile os.path.exists(${JSON.stringify(hold)}):\n    sum(range(200000))\n`, { stalled: { afterSeconds: 60 } });
  const id = await harness.start({ tasks: [task] });
  const run = await prisma().run.findUniqueOrThrow({ where: { id } });
  await makeHistory(run, 10);
  const pace = await paceOf(id, 'slow');
  expect(pace.text).toMatch(/^Slow: \d+ s so far, usually 1 s \(the median of 10\)\. \d+ % CPU/);
  expect(pace.vitals.usual).toEqual({ medianSeconds: 1, madSeconds: 0, count: 10 });
  rmSync(hold);
  expect((await harness.ended(id)).state).toBe('succeeded');
}, 60_000);

/** Earlier runs of the same pipeline whose task took a second. */
async function makeHistory(run: { id: string; workspaceId: string; pipelineId: string; pipelineSlug: string }, count: number): Promise<void> {
  const { workspaceId, pipelineId, pipelineSlug } = run;
  for (let i = 1; i <= count; i++) {
    const at = new Date(Date.now() - i * 3_600_000);
    const end = new Date(at.getTime() + 1000);
    const id = newId();
    await prisma().run.create({
      data: {
        id, workspaceId, pipelineId, pipelineSlug, state: 'succeeded', triggerKind: 'manual', createdAt: at, startedAt: at, finishedAt: end,
      },
    });
    await prisma().taskRun.create({ data: { runId: id, ordinal: 0, taskId: 'usual', workspaceId, pipelineId, kind: 'python', state: 'succeeded', attempt: 1 } });
    await prisma().attempt.create({ data: { runId: id, ordinal: 0, number: 1, state: 'succeeded', claimedAt: at, startedAt: at, finishedAt: end } });
  }
}
