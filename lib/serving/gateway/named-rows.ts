import { type Feature, type Signature } from '@/lib/registry';
import { completeCall, type Call } from './call';
import { isObject } from './json';
import { bad } from './refusal';
import { fillTensor, valueAt, type FilledTensor } from './tensor-data';

type Row = Record<string, unknown>;

/**
 * callOfRows makes tensors of rows of named values. Columns that the model does not take are ignored, as MLflow does.
 * @throws Refusal naming the feature that is missing, or the value that does not fit
 */
export function callOfRows(signature: Signature, rows: Row[]): Call {
  if (signature.features.length === 0) throw bad('The model has no named features. Send its tensors by the Open Inference Protocol.');
  const tensors = signature.inputs.map((input) => {
    const features = signature.features.filter((feature) => feature.input === input.name);
    if (features.length === 0) throw bad(`The input "${input.name}" has no named features. Send tensors by the Open Inference Protocol.`);
    const values = rows.flatMap((row, i) => features.map((feature) => valueOf(row, feature, i)));
    const shape = input.shape.length === 1 ? [rows.length] : [rows.length, features.length];
    return fillTensor(input, shape, values, `The input "${input.name}"`);
  });
  return completeCall(signature, tensors, null);
}

function valueOf(row: Row, feature: Feature, at: number): unknown {
  const value = row[feature.name];
  if (value === undefined || value === null) throw bad(`Row ${at + 1} has no value for "${feature.name}".`);
  return typeof value === 'boolean' && feature.type !== 'string' && feature.type !== 'boolean' ? Number(value) : value;
}

/** rowsOfColumns turns columns of equal length into rows. */
export function rowsOfColumns(columns: Record<string, unknown>): Row[] {
  const entries = Object.entries(columns).map(([name, values]): [string, unknown[]] => [name, Array.isArray(values) ? values : [values]]);
  const length = entries[0]?.[1].length ?? 0;
  const uneven = entries.find(([, values]) => values.length !== length);
  if (uneven) throw bad(`The column "${uneven[0]}" has ${uneven[1].length} values, but "${entries[0]?.[0] ?? ''}" has ${length}.`);
  return Array.from({ length }, (_, i) => Object.fromEntries(entries.map(([name, values]) => [name, flatValue(values[i])])));
}

/** A list of one value stands for the value: [[1], [2]] is a column too. */
const flatValue = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value);

/** rowsOfLists gives lists of values the names of the features, in their order. */
export function rowsOfLists(signature: Signature, lists: unknown[]): Row[] {
  return lists.map((list, i) => {
    if (isObject(list)) return Object.fromEntries(Object.entries(list).map(([name, value]) => [name, flatValue(value)]));
    const values: unknown[] = Array.isArray(list) ? list : [list];
    if (values.length !== signature.features.length) throw bad(`Row ${i + 1} has ${values.length} values, but the model takes ${signature.features.length}: ${signature.features.map((feature) => feature.name).join(', ')}.`);
    return Object.fromEntries(signature.features.map((feature, k) => [feature.name, values[k]]));
  });
}

/** rowValue gives one row of an output: its value, or a list of its values. */
export function rowValue(output: FilledTensor, row: number, rows: number): unknown {
  const width = Math.max(1, Math.floor(output.data.length / rows));
  if (width === 1) return valueAt(output, row);
  return Array.from({ length: width }, (_, i) => valueAt(output, row * width + i));
}

/** predictionRows gives each row's answer: the value alone when there is one output, an object by output name otherwise. */
export function predictionRows(outputs: FilledTensor[], rows: number): unknown[] {
  const [only] = outputs;
  if (only && outputs.length === 1) return Array.from({ length: rows }, (_, row) => rowValue(only, row, rows));
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(outputs.map((output) => [output.name, rowValue(output, row, rows)])));
}
