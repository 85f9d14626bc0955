import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stopReaders, uploadFile } from '@/lib/datasets/server';
import { createModel, registerVersion, Upload } from '@/lib/registry/server';
import { makeContext, testDatabase } from '@/lib/testing';
import { binOf } from './bins';
import { makeReferences } from './make-references';
import { findReference } from './profile-store';

testDatabase();
afterAll(stopReaders);

const models = path.join(import.meta.dirname, '../demo/models');
const golden = JSON.parse(readFileSync(path.join(models, 'golden.json'), 'utf8')) as { inputs: Record<string, unknown[]>; late: Record<string, number[]> };
const names = Object.keys(golden.inputs);
const CSV = [names.join(','), ...Array.from({ length: 200 }, (_, i) => names.map((name) => String(golden.inputs[name]?.[i])).join(','))].join('\n');

async function register(ctx: Awaited<ReturnType<typeof makeContext>>, content: Buffer, training: { file: string }) {
  const upload = new Upload(ctx.workspaceId);
  await upload.add('model.onnx', content);
  return registerVersion(ctx, 'delay', upload, { training });
}

test("a version's reference waits for its data, holds the model's own predictions, and is frozen", async () => {
  const ctx = await makeContext('editor');
  await createModel(ctx, { name: 'delay' });
  const onnx = readFileSync(path.join(models, 'flight-delay-2.onnx'));
  const version = await register(ctx, onnx, { file: 'golden.csv' });
  const other = await register(ctx, onnx, { file: 'other.csv' });
  expect(await makeReferences(ctx.now)).toBe(0);

  await uploadFile(ctx, 'golden.csv', Buffer.from(CSV));
  await uploadFile(ctx, 'other.csv', Buffer.from('a\n1\n'));
  const made = await Promise.all([makeReferences(ctx.now), makeReferences(ctx.now)]);
  expect(made.toSorted()).toEqual([0, 2]);
  const reference = await findReference(ctx.workspaceId, version.uuid);
  expect(reference).toMatchObject({ status: 'ready', rows: 200, source: { file: 'golden.csv' } });
  const prediction = reference?.features.find((feature) => feature.role === 'prediction');
  if (!prediction) throw new Error('no prediction');
  const expected = prediction.counts.map(() => 0);
  for (const late of golden.late['2'] ?? []) {
    const bin = binOf(prediction, late);
    expected[bin] = (expected[bin] ?? 0) + 1;
  }
  // onnxruntime in Python and here differ in the last digits: an edge may fall on the other side
  expect(prediction.counts.reduce((sum, count, i) => sum + Math.abs(count - (expected[i] ?? 0)), 0)).toBeLessThanOrEqual(4);
  const weights = reference?.features.flatMap((feature) => feature.importance ?? []) ?? [];
  expect([weights.length, Math.round(weights.reduce((a, b) => a + b, 0) * 100) / 100, reference?.features.toSorted((a, b) => (b.importance ?? 0) - (a.importance ?? 0))[0]?.name]).toEqual([5, 1, 'hour']);

  expect(await findReference(ctx.workspaceId, other.uuid)).toMatchObject({ status: 'failed', problem: expect.stringContaining("none of the model's features") as string });
  await uploadFile(ctx, 'golden.csv', Buffer.from(`${names.join(',')}\n1,1,1,A,B\n`));
  expect(await makeReferences(ctx.now)).toBe(0);
  expect(await findReference(ctx.workspaceId, version.uuid)).toEqual(reference);
});
