import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';

type Golden = { inputs: { hour: number[]; weekday: number[]; distance: number[]; origin: string[]; destination: string[] }; late: Record<string, number[]> };
const folder = path.join(import.meta.dirname, 'models');
const golden = JSON.parse(readFileSync(path.join(folder, 'golden.json'), 'utf8')) as Golden;

test.each(['1', '2'])('version %s of the demo model answers as onnxruntime did in Python', async (version) => {
  const session = await InferenceSession.create(path.join(folder, `flight-delay-${version}.onnx`));
  expect([session.inputNames, session.outputNames]).toEqual([['hour', 'weekday', 'distance', 'origin', 'destination'], ['late', 'label']]);
  const feeds = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, values]) => [name, typeof values[0] === 'string' ? new Tensor('string', values as string[], [values.length, 1]) : new Tensor('float32', Float32Array.from(values as number[]), [values.length, 1])]),
  );
  const { late } = await session.run(feeds);
  expect(late?.dims).toEqual([200, 1]);
  const expected = golden.late[version] ?? [];
  expect(expected).toHaveLength(200);
  const answered = Array.from(late?.data as Float32Array);
  expect(Math.max(...answered.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThan(1e-6);
  expect(golden.inputs.origin[0]).toBe('XXX');
});
