import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cancelRun, createRun, getRun, isFinalRun, type RunView } from '@/lib/runs/server';
import { pool } from '@/lib/db/pool';
import { makeContext, publishSpec, testDatabase, type TestContext } from '@/lib/testing';
import { startRunHarness, type RunHarness } from '@/lib/testing/run-harness';

testDatabase();

const SLOTS = 2;
let ctx: TestContext;
let harness: RunHarness;
const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-ahead-'));

beforeAll(async () => {
  ctx = await makeContext('editor');
  harness = await startRunHarness(ctx, { executor: 'local', slots: SLOTS });
});
afterAll(async () => {
  await harness.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const shell = (id: string, command: string, priority = 0) => ({ id, kind: 'shell', config: { command }, priority });
/** says how many of its kind run at once */
const counted = (seconds: number) => `touch ${folder}/$$; ls ${folder} | wc -l | sed 's/.*/::penstock {"output": &}/'; sleep ${seconds}; rm ${folder}/$$`;
const many = (count: number, name: string, command: string, priority = 0) => Array.from({ length: count }, (_, i) => shell(`${name}${i}`, command, priority));
const attempts = async (run: string) =>
  (await pool().query<{ task_id: string; number: number; state: string }>(`select t.task_id, a.number, a.state from attempt a join task_run t using (run_id, ordinal) where a.run_id = $1`, [run])).rows;

it('that has claimed short commands ahead holds no more than its slots at once when long ones follow, and gives back what has to wait', async () => {
  const id = await harness.start({ tasks: [...many(60, 'short', 'true', 9), ...many(6, 'long', counted(2))], edges: [] });
  const states = (r: RunView, state: string) => r.tasks.filter((t) => t.taskId.startsWith('long') && t.state === state).length;
  await harness.until(id, (r) => states(r, 'running') === SLOTS && states(r, 'ready') === 6 - SLOTS && r.tasks[59]!.state === 'succeeded');
  const run = await harness.ended(id);
  expect(run.state).toBe('succeeded');
  const all = await attempts(id);
  expect(all).toHaveLength(66);
  expect(all.filter(({ number, state }) => number !== 1 || state !== 'succeeded')).toEqual([]);
  const { rows } = await pool().query<{ most: number }>(`select max((output)::int) as most from task_run where run_id = $1 and task_id like 'long%'`, [id]);
  expect(rows[0]!.most).toBe(SLOTS);
}, 60_000);

it('ends what waits for a slot when the run is stopped', async () => {
  const id = await harness.start({ tasks: [...many(60, 'short', 'true', 9), ...many(6, 'long', 'sleep 300; :')], edges: [] });
  await harness.until(id, (r) => r.tasks.filter((t) => t.taskId.startsWith('short')).every((t) => t.state === 'succeeded'));
  await cancelRun(ctx, id);
  const run = await harness.ended(id);
  expect(run.state).toBe('cancelled');
  expect(new Set(run.tasks.filter((t) => t.taskId.startsWith('long')).map((t) => t.state))).toEqual(new Set(['cancelled']));
}, 60_000);

it('claims nothing ahead while two workspaces share the slots: what waits here would be charged as if it held one', async () => {
  const other = await makeContext('editor');
  const commands = { tasks: many(150, 'short', 'true'), edges: [] };
  const mine = await harness.start(commands);
  const { slug } = await publishSpec(other, commands);
  const { id } = await createRun(other, { pipelineSlug: slug });
  const held = new Set<number>();
  await harness.until(mine, (r) => {
    const running = r.tasks.filter((t) => t.state === 'running').length;
    if (r.tasks.filter((t) => t.state === 'succeeded').length > 30) held.add(running);
    return isFinalRun(r.state);
  });
  await expect.poll(async () => (await getRun(other, id)).state, { timeout: 30_000 }).toBe('succeeded');
  expect(Math.max(0, ...held)).toBeLessThanOrEqual(SLOTS);
}, 60_000);
