import { describe, expect, it, test } from 'vitest';
import { joinCalls, splitOutputs, takeBatch } from './batch';
import { frame, frameReader } from './wire';
import { type RunRequest } from './protocol';

const call = (rows: number, from = 0, width = 2): RunRequest => ({ rows, tensors: [{ name: 'x', datatype: 'FP32', shape: [rows, width], data: Float32Array.from({ length: rows * width }, (_, i) => from + i) }] });

describe('what goes into one run', () => {
  it.each([
    ['everything that fits', [call(1), call(2), call(3)], 8, 3],
    ['rows count, not calls', [call(4), call(4), call(1)], 8, 2],
    ['a call that alone is too large is not split', [call(20), call(1)], 8, 1],
    ['another shape waits', [call(1), call(1, 0, 3), call(1)], 8, 1],
    ['nothing from nothing', [], 8, 0],
  ])('%s', (_, queue, maxRows, count) => expect(takeBatch(queue, maxRows)).toBe(count));
});

test('each call gets its own rows back', () => {
  const calls = [call(1, 10), call(2, 20)];
  const joined = joinCalls(calls);
  expect(joined).toMatchObject({ rows: 3, tensors: [{ shape: [3, 2], data: Float32Array.of(10, 11, 20, 21, 22, 23) }] });
  const parts = splitOutputs([{ name: 'y', datatype: 'FP32', shape: [3, 1], data: Float32Array.of(1, 2, 3) }], calls);
  expect(parts?.map(([part]) => [part?.shape, Array.from<unknown>((part?.data ?? []) as ArrayLike<unknown>)])).toEqual([[[1, 1], [1]], [[2, 1], [2, 3]]]);
  expect(splitOutputs([{ name: 'y', datatype: 'FP32', shape: [1], data: Float32Array.of(6) }], calls)).toBeNull();
});

test('texts and large whole numbers are joined too', () => {
  const text = (value: string): RunRequest => ({ rows: 1, tensors: [{ name: 's', datatype: 'BYTES', shape: [1], data: [value] }, { name: 'n', datatype: 'INT64', shape: [1], data: BigInt64Array.of(2n ** 60n) }] });
  expect(joinCalls([text('a'), text('b')]).tensors.map((tensor) => tensor.data)).toEqual([['a', 'b'], BigInt64Array.of(2n ** 60n, 2n ** 60n)]);
});

test('frames come whole, however they arrive', () => {
  const sent = [frame(1, { a: Float32Array.of(1, 2) }), frame(2, 'x'.repeat(5_000)), frame(3, null)];
  const whole = Buffer.concat(sent);
  for (const size of [1, 7, 4_096, whole.length]) {
    const got: [number, unknown][] = [];
    const read = frameReader((id, value) => got.push([id, value]));
    for (let at = 0; at < whole.length; at += size) read(whole.subarray(at, at + size));
    expect(got).toEqual([[1, { a: Float32Array.of(1, 2) }], [2, 'x'.repeat(5_000)], [3, null]]);
  }
});
