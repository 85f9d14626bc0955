import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createRun } from '@/lib/runs/server';
import { makeContext, publishSpec, testDatabase } from '@/lib/testing';
import { newId } from '@/lib/core/ids';
import { renderMetrics } from './metrics';
import { step } from './store';
import { registerWorker } from './worker-store';

testDatabase();

const valueOf = (text: string, sample: string) => Number(new RegExp(`^${sample.replaceAll(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);

it('shows what waits by lane, how long, and what the engine did', async () => {
  const ctx = await makeContext('editor');
  const { slug } = await publishSpec(ctx, { tasks: [{ id: 'a', kind: 'shell', config: { command: 'true' } }, { id: 'b', kind: 'shell', config: { command: 'true' } }] });
  await createRun(ctx, { pipelineSlug: slug, lane: 'production' });
  await pool().query(`update task_run set ready_at = clock_timestamp() - interval '90 seconds' where task_id = 'a'`);
  const before = await renderMetrics('worker');
  expect(valueOf(before, 'penstock_queue_depth{lane="production",process="worker"}')).toBe(2);
  expect(valueOf(before, 'penstock_queue_depth{lane="interactive",process="worker"}')).toBe(0);
  expect(valueOf(before, 'penstock_queue_oldest_seconds{lane="production",process="worker"}')).toBeGreaterThan(89);
  expect(valueOf(before, 'penstock_free_partitions{process="worker"}')).toBe(64);
  expect(valueOf(before, 'penstock_database_up{process="worker"}')).toBe(1);

  const id = newId();
  await registerWorker({ id, name: 'w', host: 'here', pid: 1, roles: ['executor'], tags: [], slots: 3, version: 'test', executor: 'local', schemaVersion: '' });
  const { claimed } = await step([], { workerId: id, tags: [], inline: 0, process: 2, leaseSeconds: 30 });
  await step([{ run: claimed[0]!.run_id, ordinal: claimed[0]!.ordinal, fence: 1, task: 'succeeded', attempt: 'succeeded' }], null);
  await step([{ run: claimed[0]!.run_id, ordinal: claimed[0]!.ordinal, fence: 1, task: 'succeeded', attempt: 'succeeded' }], null);
  const after = await renderMetrics('worker');
  const read = (sample: string) => valueOf(after, sample);
  expect(read('penstock_queue_depth{lane="production",process="worker"}')).toBe(0);
  expect(read('penstock_claims_total{process="worker"}')).toBe(2);
  expect(read('penstock_finishes_total{task="succeeded",process="worker"}')).toBe(1);
  expect(read('penstock_late_ends_total{process="worker"}')).toBe(1);
  expect(read('penstock_step_seconds_count{process="worker"}')).toBe(3);
  expect(read('penstock_attempts{process="worker"}')).toBe(1);
  expect(read('penstock_slots{process="worker"}')).toBe(3);
  expect(read('penstock_workers{role="executor",process="worker"}')).toBe(1);
  expect(read('penstock_db_connections{pool="step",state="idle",process="worker"}')).toBe(1);
});
