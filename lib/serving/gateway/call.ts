import { type Signature, type Tensor } from '@/lib/registry';
import { bad } from './refusal';
import { type FilledTensor } from './tensor-data';

/** What every protocol's request becomes: tensors for the model, so many rows, and which outputs are wanted. */
export type Call = { tensors: FilledTensor[]; rows: number; outputs: string[] | null };

/** The most rows of one call. */
export const MOST_ROWS = 10_000;

const listed = (names: string[]) => names.map((name) => `"${name}"`).join(', ');

/** checkShape refuses a shape that the model does not take. */
export function checkShape(spec: Tensor, shape: number[]): void {
  const fits = shape.length === spec.shape.length && shape.every((size, i) => spec.shape[i] === -1 || spec.shape[i] === size);
  if (!fits && spec.shape.length > 0) throw bad(`Input "${spec.name}" has shape [${shape.join(', ')}], but the model takes [${spec.shape.join(', ')}] (-1 stands for any size).`);
}

/**
 * completeCall checks that the tensors are the model's inputs, each once, with one number of rows.
 * @throws Refusal naming what is missing, unknown or uneven
 */
export function completeCall(signature: Signature, tensors: FilledTensor[], outputs: string[] | null): Call {
  const missing = signature.inputs.filter((input) => !tensors.some((tensor) => tensor.name === input.name));
  if (missing.length > 0) throw bad(`The input ${listed(missing.map((input) => input.name))} is missing. The model takes ${listed(signature.inputs.map((input) => input.name))}.`);
  let rows: number | null = null;
  for (const tensor of tensors) {
    const size = tensor.shape[0] ?? 1;
    if (rows !== null && size !== rows) throw bad(`The inputs have different numbers of rows: "${tensors[0]?.name ?? ''}" has ${rows}, "${tensor.name}" has ${size}.`);
    rows = size;
  }
  if (!rows) throw bad('The request has no row.');
  if (rows > MOST_ROWS) throw bad(`The request has ${rows} rows; ${MOST_ROWS} is the most. Send them in several calls.`);
  for (const name of outputs ?? []) {
    if (!signature.outputs.some((output) => output.name === name)) throw bad(`The model gives no output "${name}". It gives ${listed(signature.outputs.map((output) => output.name))}.`);
  }
  return { tensors, rows, outputs };
}

/** inputOf finds an input by its name. @throws Refusal when the model has none of that name */
export function inputOf(signature: Signature, name: string): Tensor {
  const found = signature.inputs.find((input) => input.name === name);
  if (!found) throw bad(`The model takes no input "${name}". It takes ${listed(signature.inputs.map((input) => input.name))}.`);
  return found;
}
