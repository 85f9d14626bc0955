import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadFile } from '@/lib/datasets/server';
import { pool } from '@/lib/db/pool';
import { approveTask, cancelRun, clearTask, expireApprovals, isFinalRun, listApprovals, listAttempts, type RunView } from '@/lib/runs/server';
import { heartbeat, overdueAttempts, takeParked, wakeParked } from '@/lib/dispatch/server';
import { newId } from '@/lib/core/ids';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { edges, startRunHarness, type RunHarness } from '@/lib/testing/run-harness';

testDatabase();

let ctx: TestContext;
let approver: TestContext;
let harness: RunHarness;

beforeAll(async () => {
  ctx = await makeContext('editor');
  approver = await makeContext('approver', { workspace: ctx.workspace });
  harness = await startRunHarness(ctx);
});
afterAll(() => harness.stop());

const empty = (id: string, more: object = {}) => ({ id, kind: 'empty', config: {}, ...more });
const sensor = (config: Record<string, unknown>, more: object = {}) => ({ id: 'wait', kind: 'sensor', config, ...more });
const state = (run: RunView, taskId: string) => run.tasks.find((t) => t.taskId === taskId)!;
const waits = (id: string, taskId = 'wait') => harness.until(id, (run) => ['deferred', 'awaiting_approval'].includes(state(run, taskId).state));

describe('a sensor', () => {
  it('waits without a slot or a lease, says for what, and goes on at once when its file comes', async () => {
    const id = await harness.start({ tasks: [sensor({ on: 'file', path: 'in/orders-*.csv', everySeconds: 3600 }), empty('after')], edges: edges('wait>after') });
    const waiting = state(await waits(id), 'wait');
    expect(waiting.reason).toMatchObject({ code: 'sensor', text: expect.stringMatching(/^It waits for the file in\/orders-\*\.csv\. It looks again at 20/) as string });
    const { rows } = await pool().query('select state, lease_until from attempt where run_id = $1', [id]);
    expect(rows).toEqual([{ state: 'running', lease_until: null }]);
    await uploadFile(ctx, 'in/orders-7.csv', Buffer.from('a\n1\n'));
    const run = await harness.ended(id);
    expect(run.state).toBe('succeeded');
    expect(state(run, 'wait')).toMatchObject({ attempt: 1, output: { files: ['in/orders-7.csv'] } });
    expect((await listAttempts(ctx, id, 'wait')).items).toMatchObject([{ state: 'succeeded', logLines: 2 }]);
  });

  it('fails with a sentence when it has waited long enough, or is skipped when it is told to', async () => {
    const config = { on: 'dataset', dataset: 'never', everySeconds: 1, timeoutSeconds: 1 };
    const failed = await harness.ended(await harness.start({ tasks: [sensor(config)] }));
    expect(state(failed, 'wait')).toMatchObject({ state: 'failed', attempt: 1, reason: { code: 'sensor_timeout', text: expect.stringContaining('It waits for a version of dataset never. It was not there within 1 s.') as string } });
    const skipped = await harness.ended(await harness.start({ tasks: [sensor({ ...config, onTimeout: 'skip' }), empty('after')], edges: edges('wait>after') }));
    expect(skipped.tasks.map((t) => t.state)).toEqual(['skipped', 'skipped']);
  });

  it('waits for a time, and for a query over the tables before it', async () => {
    const rows = { id: 'rows', kind: 'sql', config: { sql: 'select 3 as n' } };
    const at = new Date(Date.now() + 1500).toISOString();
    const run = await harness.ended(
      await harness.start({ tasks: [rows, sensor({ on: 'sql', sql: 'select count(*) = 1 from rows' }), { ...sensor({ on: 'time', time: at }), id: 'clock' }], edges: edges('rows>wait') }),
    );
    expect(run.state).toBe('succeeded');
    expect(state(run, 'clock').finishedAt!.getTime()).toBeGreaterThanOrEqual(Date.parse(at));
    expect(state(run, 'wait').output).toEqual({ value: true });
  }, 60_000);

  it('waits for a run of another pipeline', async () => {
    const other = await harness.start({ tasks: [empty('a')] });
    const { rows } = await pool().query<{ pipeline_slug: string }>('select pipeline_slug from run where id = $1', [other]);
    const run = await harness.ended(await harness.start({ tasks: [sensor({ on: 'run', pipeline: rows[0]!.pipeline_slug })] }));
    expect(state(run, 'wait').output).toEqual({ runId: other, state: 'succeeded' });
  });

  it('is looked after by another worker when the one that looked was killed', async () => {
    const id = await harness.start({ tasks: [sensor({ on: 'file', path: 'late.csv', everySeconds: 3600 })] });
    await waits(id);
    // a worker takes it up and dies: the lease is all that is left of it
    await wakeParked(ctx.workspaceId, ['file:late.csv'], new Date(0));
    const taken = await takeParked(newId(), 10, -1, new Date());
    expect(taken).toMatchObject([{ run_id: id, attempt: 1 }]);
    expect((await overdueAttempts(100, 0)).filter((a) => a.run_id === id)).toHaveLength(1);
    await harness.until(id, (run) => state(run, 'wait').state === 'deferred' && state(run, 'wait').attempt === 2);
    await uploadFile(ctx, 'late.csv', Buffer.from('a\n1\n'));
    expect((await harness.ended(id)).state).toBe('succeeded');
  }, 60_000);

  it('keeps no lease through a heartbeat that comes late', async () => {
    const id = await harness.start({ tasks: [sensor({ on: 'file', path: 'later.csv' })] });
    await waits(id);
    expect(await heartbeat([{ run: id, ordinal: 0, fence: 1, started: true }], 30)).toEqual([]);
    expect((await pool().query('select lease_until from attempt where run_id = $1', [id])).rows).toEqual([{ lease_until: null }]);
    await cancelRun(ctx, id);
  });

  it('ends with its run when that is stopped', async () => {
    const id = await harness.start({ tasks: [sensor({ on: 'file', path: 'never.csv' })] });
    await waits(id);
    await cancelRun(ctx, id);
    expect((await harness.ended(id)).state).toBe('cancelled');
    expect((await listAttempts(ctx, id, 'wait')).items.map((a) => a.state)).toEqual(['cancelled']);
  });
});

describe('an approval', () => {
  const ask = (config: Record<string, unknown> = {}) => ({ id: 'gate', kind: 'approval', config: { message: 'Publish {{ params.what }}?', ...config } });
  const spec = (config: Record<string, unknown> = {}) => ({ params: [{ name: 'what', type: 'string', default: 'prices' }], tasks: [ask(config), empty('after')], edges: edges('gate>after') });

  it('asks with its message, and goes on when an approver says yes', async () => {
    const id = await harness.start(spec({ notAuthor: true }));
    await waits(id, 'gate');
    const { items } = await listApprovals({ ...approver, now: new Date() });
    expect(items.find((each) => each.runId === id)).toMatchObject({ taskId: 'gate', message: 'Publish prices?', startedBy: ctx.actor.name, refusal: null });
    const mail = await pool().query<{ payload: { to: string[]; text: string } }>(`select payload from outbox_message where workspace_id = $1 and payload ->> 'text' like 'Publish prices?%'`, [ctx.workspaceId]);
    expect(mail.rows[0]!.payload.to).toHaveLength(1);
    await approveTask({ ...approver, now: new Date() }, id, 'gate', { decision: 'approve', reason: 'checked' });
    const run = await harness.ended(id);
    expect(run.state).toBe('succeeded');
    expect(state(run, 'gate').output).toMatchObject({ decision: 'approve', reason: 'checked', by: approver.actor.name });
  });

  it('fails when it is rejected, whatever the retries say, and asks anew when it is cleared', async () => {
    const id = await harness.start({ ...spec(), tasks: [{ ...ask(), retry: { count: 3 } }, empty('after')] });
    await waits(id, 'gate');
    await approveTask({ ...approver, now: new Date() }, id, 'gate', { decision: 'reject', reason: 'numbers are off' });
    const run = await harness.ended(id);
    expect(run.state).toBe('failed');
    expect(run.tasks.map((t) => t.state)).toEqual(['failed', 'upstream_failed']);
    expect(state(run, 'gate').reason?.text).toBe(`Rejected by ${approver.actor.name}: numbers are off`);
    await clearTask(ctx, id, 'gate', { downstream: true });
    await waits(id, 'gate');
    await approveTask({ ...approver, now: new Date() }, id, 'gate', { decision: 'approve', reason: 'right now' });
    expect((await harness.until(id, (r) => isFinalRun(r.state))).state).toBe('succeeded');
  });

  it('refuses editors, the author, the unlisted, and who comes second', async () => {
    const id = await harness.start(spec({ notAuthor: true }));
    await waits(id, 'gate');
    const yes = { decision: 'approve' as const, reason: 'x' };
    await expect(approveTask(ctx, id, 'gate', yes)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(approveTask({ ...ctx, role: 'admin' }, id, 'gate', yes)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('You started this run') as string });
    const listed = await harness.start(spec({ approvers: ['somebody@example.test'] }));
    await waits(listed, 'gate');
    await expect(approveTask(approver, listed, 'gate', yes)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('somebody@example.test') as string });
    await approveTask({ ...approver, now: new Date() }, id, 'gate', yes);
    await expect(approveTask({ ...approver, now: new Date() }, id, 'gate', yes)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('fails with a sentence when nobody decides in time', async () => {
    const id = await harness.start(spec({ expiresSeconds: 60 }));
    await waits(id, 'gate');
    await expireApprovals(new Date(Date.now() + 50_000));
    expect(state(await waits(id, 'gate'), 'gate').state).toBe('awaiting_approval');
    await expireApprovals(new Date(Date.now() + 61_000));
    expect(state(await harness.ended(id), 'gate')).toMatchObject({ state: 'failed', reason: { code: 'expired', text: expect.stringMatching(/^Nobody decided until/) as string } });
  });
});
