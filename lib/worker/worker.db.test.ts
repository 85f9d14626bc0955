import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelRun, isFinalRun, listAttempts, markTask, rerunRun, clearTask, type RunView } from '@/lib/runs/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { edges, startRunHarness, type RunHarness } from '@/lib/testing/run-harness';
import { temporalServer, type TemporalServer } from '@/lib/testing/temporal';

testDatabase();

let ctx: TestContext;
let harness: RunHarness;
let temporal: TemporalServer;

beforeAll(async () => {
  ctx = await makeContext('editor');
  temporal = await temporalServer();
  process.env.TEMPORAL_ADDRESS = temporal.address;
}, 300_000);
afterAll(() => temporal.remove());

const start = (spec: object) => harness.start(spec);
const until: RunHarness['until'] = (id, wished) => harness.until(id, wished);
const ended = (id: string) => harness.ended(id);
const stateOf = (run: RunView) => Object.fromEntries(run.tasks.map((t) => [t.taskId, t.state]));
const shell = (id: string, command: string, more: object = {}) => ({ id, kind: 'shell', config: { command }, ...more });
const empty = (id: string, more: object = {}) => ({ id, kind: 'empty', config: {}, ...more });

/** The same scheduler, so the same semantics, whoever performs attempts. */
describe.each(['local', 'temporal'] as const)('a worker with the %s executor', (executor) => {
  beforeAll(async () => {
    harness = await startRunHarness(ctx, { executor });
  });
  afterAll(() => harness.stop(), 60_000);

  it('runs a chain of empty tasks, each with an attempt of its own', async () => {
    const run = await ended(await start({ tasks: [empty('a'), empty('b'), empty('c')], edges: edges('a>b', 'b>c') }));
    expect(run.state).toBe('succeeded');
    const attempts = await Promise.all(['a', 'b', 'c'].map((t) => listAttempts(ctx, run.id, t)));
    expect(attempts.map((a) => a.items.map((i) => i.state))).toEqual([['succeeded'], ['succeeded'], ['succeeded']]);
  });

  it('retries a failing command by its policy and then fails the run, upstream failures flowing on', async () => {
    const run = await ended(
      await start({ tasks: [shell('flaky', 'echo oops >&2; exit 3', { retry: { count: 2, delaySeconds: 0 } }), empty('after')], edges: edges('flaky>after') }),
    );
    expect(run.state).toBe('failed');
    expect(stateOf(run)).toEqual({ flaky: 'failed', after: 'upstream_failed' });
    const { items } = await listAttempts(ctx, run.id, 'flaky');
    expect(items.map((i) => [i.state, i.exitCode])).toEqual([['failed', 3], ['failed', 3], ['failed', 3]]);
  }, 60_000);

  it('records an end at once also while most slots stay busy, and its successor goes on', async () => {
    const id = await start({
      tasks: [...[1, 2, 3].map((n) => shell(`long${n}`, 'sleep 300; :')), shell('quick', 'true'), shell('next', 'true'), empty('last')],
      edges: edges('quick>next', 'next>last'),
    });
    const run = await until(id, (r) => r.tasks.some((t) => t.taskId === 'last' && t.state === 'succeeded'));
    expect(stateOf(run)).toMatchObject({ long1: 'running', long2: 'running', long3: 'running', next: 'succeeded' });
    await cancelRun(ctx, id);
    expect((await ended(id)).state).toBe('cancelled');
  });

  it('skips a task that exits with 99 and what depends on it', async () => {
    const run = await ended(await start({ tasks: [shell('maybe', 'exit 99'), empty('after')], edges: edges('maybe>after') }));
    expect(stateOf(run)).toEqual({ maybe: 'skipped', after: 'skipped' });
    expect(run.state).toBe('succeeded');
  });

  it('takes the side of a branch that its condition names and skips the other', async () => {
    const branch = { id: 'choose', kind: 'branch', config: { cases: [{ if: 'tasks.count.output > 2', take: ['many'] }], otherwise: ['few'] } };
    const run = await ended(
      await start({
        tasks: [shell('count', `echo '::penstock {"output": 3}'`), branch, empty('many'), empty('few'), empty('join', { triggerRule: 'none_failed' })],
        edges: edges('count>choose', 'choose>many', 'choose>few', 'many>join', 'few>join'),
      }),
    );
    expect(stateOf(run)).toEqual({ count: 'succeeded', choose: 'succeeded', many: 'succeeded', few: 'skipped', join: 'succeeded' });
  });

  it('runs a handler after a failure and calls the run succeeded', async () => {
    const run = await ended(await start({ tasks: [shell('load', 'exit 1'), empty('alarm', { triggerRule: 'one_failed' })], edges: edges('load>alarm') }));
    expect(stateOf(run)).toEqual({ load: 'failed', alarm: 'succeeded' });
    expect(run.state).toBe('succeeded');
  });

  it('runs a task when its expression over upstream states holds', async () => {
    const run = await ended(
      await start({
        tasks: [shell('a', 'exit 1'), empty('b'), empty('yes', { when: 'tasks.b.succeeded && tasks.a.failed' }), empty('no', { when: 'tasks.a.succeeded' })],
        edges: edges('a>yes', 'b>yes', 'a>no'),
      }),
    );
    expect(stateOf(run)).toMatchObject({ yes: 'succeeded', no: 'upstream_failed' });
  });

  it('stops a run: what runs is killed, what waits is cancelled', async () => {
    const id = await start({ tasks: [shell('long', 'echo begun; sleep 300'), empty('after')], edges: edges('long>after') });
    await until(id, (r) => r.tasks[0]!.state === 'running');
    await cancelRun(ctx, id);
    const run = await ended(id);
    expect(run.state).toBe('cancelled');
    expect(stateOf(run)).toEqual({ long: 'cancelled', after: 'cancelled' });
  });

  it('reruns the failed part under the same id and keeps what had succeeded', async () => {
    const gate = `/tmp/penstock-gate-${process.pid}`;
    const id = await start({ tasks: [empty('first'), shell('second', `test -e ${gate}`), empty('third')], edges: edges('first>second', 'second>third') });
    expect((await ended(id)).state).toBe('failed');
    const { writeFile, rm } = await import('node:fs/promises');
    await writeFile(gate, '');
    await rerunRun(ctx, id, { from: 'failed' });
    const run = await ended(id);
    await rm(gate);
    expect(run.state).toBe('succeeded');
    expect(run.tasks.map((t) => [t.taskId, t.attempt])).toEqual([['first', 1], ['second', 2], ['third', 1]]);
  });

  it('lets a person mark a failed task succeeded, and judges what was passed over again', async () => {
    const id = await start({ tasks: [shell('bad', 'exit 1'), empty('after')], edges: edges('bad>after') });
    expect((await ended(id)).state).toBe('failed');
    await markTask(ctx, id, 'bad', { state: 'succeeded', reason: 'loaded by hand' });
    const run = await ended(id);
    expect(stateOf(run)).toEqual({ bad: 'succeeded', after: 'succeeded' });
    expect(run.state).toBe('succeeded');
  });

  it('clears a task with what depends on it, in an ended run', async () => {
    const id = await start({ tasks: [empty('a'), empty('b'), empty('c')], edges: edges('a>b', 'b>c') });
    await ended(id);
    await clearTask(ctx, id, 'b', { downstream: true });
    const run = await until(id, (r) => isFinalRun(r.state) && r.tasks[2]!.attempt === 2);
    expect(run.tasks.map((t) => t.attempt)).toEqual([1, 2, 2]);
    expect(run.state).toBe('succeeded');
  });
});
