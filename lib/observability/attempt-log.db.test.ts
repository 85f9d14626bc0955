import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core';
import { pool } from '@/lib/db/pool';
import { makeContext, testDatabase } from '@/lib/testing';
import { openAttemptLog } from './attempt-log';
import { logText, readLogs } from './read-logs';

testDatabase();

type Made = { ctx: Awaited<ReturnType<typeof makeContext>>; key: { runId: string; ordinal: number; attempt: number; workspaceId: string } };
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
});

/** a task of a run, without the rest of a pipeline */
async function makeTask(): Promise<Made> {
  const ctx = await makeContext('viewer');
  const runId = newId();
  const pipelineId = newId();
  await pool().query(
    `insert into run (id, workspace_id, pipeline_id, pipeline_slug, trigger_kind) values ($1, $2, $3, 'p', 'manual')`,
    [runId, ctx.workspaceId, pipelineId],
  );
  await pool().query(
    `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, attempt) values ($1, 0, 'load', $2, $3, 'shell', 1)`,
    [runId, ctx.workspaceId, pipelineId],
  );
  return { ctx, key: { runId, ordinal: 0, attempt: 1, workspaceId: ctx.workspaceId } };
}

function open(key: Made['key'], options: Parameters<typeof openAttemptLog>[1] = {}) {
  const log = openAttemptLog(key, options);
  opened.push(log);
  return log;
}

const subject = ({ key }: Made) => ({ runId: key.runId, taskId: 'load' });
const stored = async ({ key }: Made) =>
  (await pool().query<{ n: number; largest: number }>('select count(*)::int as n, max(length(body))::int as largest from log_chunk where run_id = $1', [key.runId])).rows[0];

describe('the log of an attempt', () => {
  it('numbers its lines and keeps stream, time and text, whatever the text', async () => {
    const made = await makeTask();
    const log = open(made.key, { clock: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
    log.write('stdout', 'one\ntwo\r\n');
    log.write('stderr', '\u001b[31mError: red\u001b[0m');
    log.write('system', '');
    log.write('stdout', 'مرحبا 👩‍🚀 \u0000 nul, oes');
    expect(await log.close()).toEqual({ lines: 5 });
    const page = await readLogs(made.ctx, subject(made));
    expect(page.items.map((line) => [line.n, line.stream, line.text])).toEqual([
      [1, 'stdout', 'one'],
      [2, 'stdout', 'two'],
      [3, 'stderr', '\u001b[31mError: red\u001b[0m'],
      [4, 'system', ''],
      [5, 'stdout', 'مرحبا 👩‍🚀 \u0000 nul, oes'],
    ]);
    expect(page.items[0]?.at).toBe('2026-01-02T03:04:05.678Z');
    expect(page).toMatchObject({ attempt: 1, lines: 5, firstError: 3, nextAfter: null });
  });

  it('can be read while it is written, each line once', async () => {
    const made = await makeTask();
    const log = open(made.key, { flushMs: 5 });
    for (let i = 1; i <= 20; i += 1) {
      log.write('stdout', `line ${i}`);
      await expect.poll(async () => (await readLogs(made.ctx, subject(made))).lines, { interval: 5 }).toBe(i);
    }
    const page = await readLogs(made.ctx, subject(made));
    expect(page.items.map((line) => line.text)).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 1}`));
    // small pieces grow in place instead of filling the table
    expect((await stored(made))?.n).toBe(1);
  });

  it('touches no database when nothing was said', async () => {
    const made = await makeTask();
    expect(await open(made.key).close()).toEqual({ lines: 0 });
    expect((await stored(made))?.n).toBe(0);
  });

  it('pages forwards and backwards, and searches the whole log', async () => {
    const made = await makeTask();
    const log = open(made.key);
    for (let i = 1; i <= 100_000; i += 1) {
      log.write('stdout', i % 10_000 === 0 ? `Needle number ${i}` : `row ${i} with some ordinary words`);
      if (i % 2000 === 0) await log.ready();
    }
    await log.close();
    const first = await readLogs(made.ctx, subject(made), { limit: 3 });
    expect(first).toMatchObject({ lines: 100_000, nextAfter: 3 });
    const middle = await readLogs(made.ctx, subject(made), { after: 54_321, limit: 2 });
    expect(middle.items.map((line) => line.n)).toEqual([54_322, 54_323]);
    const last = await readLogs(made.ctx, subject(made), { before: 100_001, limit: 2 });
    expect(last.items.map((line) => line.n)).toEqual([99_999, 100_000]);

    const found = await readLogs(made.ctx, subject(made), { q: 'nEEdle', limit: 2, context: 1 });
    expect(found.matches).toBe(10);
    expect(found.items.map((line) => [line.n, line.match])).toEqual([
      [9_999, false],
      [10_000, true],
      [10_001, false],
      [19_999, false],
      [20_000, true],
      [20_001, false],
    ]);
    const more = await readLogs(made.ctx, subject(made), { q: 'needle', after: found.nextAfter ?? 0 });
    expect(more.items.map((line) => line.n)[0]).toBe(30_000);
    expect(more.nextAfter).toBeNull();
    expect((await readLogs(made.ctx, subject(made), { q: 'nothing like it' })).matches).toBe(0);

    const text = await new Response(await logText(made.ctx, subject(made))).text();
    expect(text.split('\n').length).toBe(100_001);
    expect(text).toContain('Needle number 70000');
  }, 60_000);

  it('cuts a line of 10 MB at 64 kB with a note', async () => {
    const made = await makeTask();
    const log = open(made.key);
    log.write('stdout', 'x'.repeat(10_000_000));
    log.write('stdout', 'after');
    await log.close();
    const { items } = await readLogs(made.ctx, subject(made));
    expect(items[0]?.text.length).toBeLessThanOrEqual(64 * 1024);
    expect(items[0]?.text).toMatch(/ … \[line cut after 64 kB\]$/);
    expect(items[1]?.text).toBe('after');
  });

  it('takes a million lines with bounded memory and loses none', async () => {
    const made = await makeTask();
    const log = open(made.key);
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    for (let i = 0; i < 1_000_000; i += 1) {
      log.write('stdout', `this is line number ${i} of a million`);
      if (i % 1000 === 0) {
        await log.ready();
        most = Math.max(most, process.memoryUsage().heapUsed - before);
      }
    }
    expect(await log.close()).toEqual({ lines: 1_000_000 });
    const tail = await readLogs(made.ctx, subject(made), { before: 1_000_001, limit: 1 });
    expect(tail.items[0]?.text).toBe('this is line number 999999 of a million');
    expect(most).toBeLessThan(200 * 1024 * 1024);
    expect((await stored(made))?.largest).toBeLessThan(64 * 1024);
  }, 120_000);

  it('ends at its limit with a line that says how many more there were', async () => {
    const made = await makeTask();
    const log = open(made.key, { totalBytes: 1024 * 1024 });
    for (let i = 0; i < 20_000; i += 1) log.write('stdout', 'y'.repeat(100));
    await log.close();
    const { items, lines } = await readLogs(made.ctx, subject(made), { limit: 1, before: 1_000_000 });
    expect(lines).toBeLessThan(11_000);
    expect(items[0]?.text).toMatch(/^\d+ further lines were not kept: an attempt's log holds at most 1 MB\.$/);
  });

  it('never holds a secret, also where a line is cut', async () => {
    const made = await makeTask();
    const log = open(made.key);
    log.mask('top-secret-value');
    log.write('stdout', `${'z'.repeat(64 * 1024 - 110)}top-secret-value`);
    log.write('stderr', 'got top-secret-value');
    await log.close();
    const { items } = await readLogs(made.ctx, subject(made));
    expect(items.map((line) => line.text).join('')).not.toMatch(/top-/);
  });

  it('is not there for another workspace, nor for a run that does not exist', async () => {
    const made = await makeTask();
    const stranger = await makeContext('admin');
    await expect(readLogs(stranger, subject(made))).rejects.toMatchObject({ code: 'not_found' });
    await expect(logText(stranger, subject(made))).rejects.toMatchObject({ code: 'not_found' });
    await expect(readLogs(made.ctx, { runId: 'nonsense', taskId: 'load' })).rejects.toMatchObject({ code: 'not_found' });
  });
});
