import { emptyData, type FilledTensor, type TensorData } from '../gateway/tensor-data';
import { type RunRequest } from './protocol';

/** What calls must share to be one run: names, types and all dimensions but the first. */
export const batchKey = ({ tensors }: RunRequest): string => tensors.map(({ name, datatype, shape }) => `${name} ${datatype} ${shape.slice(1).join('x')} ${shape.length}`).join('|');

/** takeBatch takes from the front of a queue the calls that fit one run; never part of a call. @returns how many */
export function takeBatch(queue: RunRequest[], maxRows: number): number {
  const [first] = queue;
  if (!first) return 0;
  const key = queue.length > 1 ? batchKey(first) : '';
  let rows = first.rows;
  let count = 1;
  for (; count < queue.length; count++) {
    const next = queue[count];
    if (!next || rows + next.rows > maxRows || batchKey(next) !== key) break;
    rows += next.rows;
  }
  return count;
}

function put(target: TensorData, from: TensorData, at: number): void {
  if (Array.isArray(target)) for (let i = 0; i < from.length; i++) target[at + i] = from[i] as string;
  else if (target instanceof BigInt64Array || target instanceof BigUint64Array) target.set(from as BigInt64Array, at);
  else target.set(from as Float32Array, at);
}

/** joinCalls puts the rows of several calls under each other. */
export function joinCalls(calls: RunRequest[]): RunRequest {
  const [first] = calls;
  if (!first) throw new Error('There is no call to join.');
  if (calls.length === 1) return first;
  const rows = calls.reduce((sum, call) => sum + call.rows, 0);
  const tensors = first.tensors.map((tensor, k): FilledTensor => {
    const parts = calls.map((call) => call.tensors[k]?.data ?? []);
    const data = emptyData(tensor.datatype, parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      put(data, part, at);
      at += part.length;
    }
    return { ...tensor, shape: [rows, ...tensor.shape.slice(1)], data };
  });
  return { tensors, rows };
}

/**
 * splitOutputs gives each call its rows back.
 * @returns null when an output does not have one part for each row, so that the calls must be run one by one
 */
export function splitOutputs(outputs: FilledTensor[], calls: RunRequest[]): FilledTensor[][] | null {
  if (calls.length === 1) return [outputs];
  const rows = calls.reduce((sum, call) => sum + call.rows, 0);
  if (outputs.some((output) => output.shape[0] !== rows)) return null;
  let start = 0;
  return calls.map((call) => {
    const part = outputs.map((output) => {
      const width = output.data.length / rows;
      const data = output.data.slice(start * width, (start + call.rows) * width) as TensorData;
      return { ...output, shape: [call.rows, ...output.shape.slice(1)], data };
    });
    start += call.rows;
    return part;
  });
}
