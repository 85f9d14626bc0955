import { type Datatype, type Tensor } from '@/lib/registry';
import { bad } from './refusal';

export type TensorData = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | BigInt64Array | BigUint64Array | string[];

/** A tensor with its values, row-major. BOOL is 0 and 1. */
export type FilledTensor = { name: string; datatype: Datatype; shape: number[]; data: TensorData };

const FLOATS: Datatype[] = ['FP32', 'FP64'];
const isWhole = (datatype: Datatype) => /^U?INT/.test(datatype);

/** What whole numbers of each type can be. */
const RANGES: Partial<Record<Datatype, [bigint, bigint]>> = {
  INT8: [-(2n ** 7n), 2n ** 7n - 1n],
  INT16: [-(2n ** 15n), 2n ** 15n - 1n],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT8: [0n, 2n ** 8n - 1n],
  UINT16: [0n, 2n ** 16n - 1n],
  UINT32: [0n, 2n ** 32n - 1n],
  UINT64: [0n, 2n ** 64n - 1n],
};

/** emptyData makes room for values of a datatype. */
export function emptyData(datatype: Datatype, length: number): TensorData {
  switch (datatype) {
    case 'FP64':
      return new Float64Array(length);
    case 'INT8':
      return new Int8Array(length);
    case 'INT16':
      return new Int16Array(length);
    case 'INT32':
      return new Int32Array(length);
    case 'INT64':
      return new BigInt64Array(length);
    case 'BOOL':
    case 'UINT8':
      return new Uint8Array(length);
    case 'UINT16':
      return new Uint16Array(length);
    case 'UINT32':
      return new Uint32Array(length);
    case 'UINT64':
      return new BigUint64Array(length);
    case 'BYTES':
      return new Array<string>(length);
    case 'FP16':
    case 'FP32':
      return new Float32Array(length);
  }
}

/**
 * acceptsDatatype tells whether values that were sent as one datatype may fill a tensor of another: numbers may be widened
 * and floats take whole numbers; nothing is cut.
 */
export function acceptsDatatype(sent: Datatype, wanted: Datatype): boolean {
  if (sent === wanted) return true;
  if (FLOATS.includes(wanted)) return FLOATS.includes(sent) || isWhole(sent) || sent === 'FP16';
  const [from, to] = [RANGES[sent], RANGES[wanted]];
  return from !== undefined && to !== undefined && from[0] >= to[0] && from[1] <= to[1];
}

/**
 * fillTensor puts JSON values, flat or nested, into a tensor.
 * @param values what was sent; whole numbers beyond 2^53 are texts of digits
 * @param what how to name the tensor in a sentence
 * @throws Refusal with the place and value that does not fit
 */
export function fillTensor(spec: Pick<Tensor, 'name' | 'datatype'>, shape: number[], values: unknown[], what = `Input "${spec.name}"`): FilledTensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const flat = Array.isArray(values[0]) ? flattened(values, shape, what) : values;
  if (flat.length !== size) throw bad(`${what} has shape [${shape.join(', ')}], so it needs ${size} values, but ${flat.length} were sent.`);
  const data = emptyData(spec.datatype, size);
  const write = writerOf(spec.datatype, data, what);
  for (let i = 0; i < size; i++) write(i, flat[i]);
  return { name: spec.name, datatype: spec.datatype, shape, data };
}

function flattened(values: unknown[], shape: number[], what: string): unknown[] {
  const flat: unknown[] = [];
  const visit = (part: unknown, depth: number) => {
    if (depth === shape.length) {
      if (Array.isArray(part)) throw bad(`${what} is nested deeper than its shape [${shape.join(', ')}].`);
      flat.push(part);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[depth]) {
      const found = Array.isArray(part) ? `${part.length} parts` : 'no list';
      throw bad(`${what} has shape [${shape.join(', ')}], but a list at depth ${depth + 1} has ${found}; ${shape[depth] ?? 0} were expected.`);
    }
    for (const each of part) visit(each, depth + 1);
  };
  visit(values, 0);
  return flat;
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

function writerOf(datatype: Datatype, data: TensorData, what: string): (at: number, value: unknown) => void {
  const refuse = (at: number, value: unknown, expected: string) => bad(`${what} expects ${expected}, but value ${at + 1} is ${shown(value)}.`);
  if (datatype === 'BYTES') {
    return (at, value) => {
      if (typeof value !== 'string') throw refuse(at, value, 'texts (BYTES)');
      (data as string[])[at] = value;
    };
  }
  if (datatype === 'BOOL') {
    return (at, value) => {
      if (typeof value !== 'boolean' && value !== 0 && value !== 1) throw refuse(at, value, 'true or false (BOOL)');
      (data as Uint8Array)[at] = value ? 1 : 0;
    };
  }
  const range = RANGES[datatype];
  if (range) {
    const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
    return (at, value) => {
      const whole = wholeNumber(value);
      if (whole === null || whole < range[0] || whole > range[1]) throw refuse(at, value, `whole numbers (${datatype})`);
      if (wide) data[at] = whole;
      else (data as Int32Array)[at] = Number(whole);
    };
  }
  return (at, value) => {
    const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : NaN;
    if (Number.isNaN(number)) throw refuse(at, value, `numbers (${datatype})`);
    (data as Float32Array)[at] = number;
  };
}

function wholeNumber(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null;
}

/** dataText writes a tensor's values as JSON, whole numbers exactly. What JSON has no word for (NaN, infinity) is null. */
export function dataText(tensor: FilledTensor): string {
  const { data, datatype } = tensor;
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === 'BOOL') return `[${Array.from(data as Uint8Array, (value) => (value ? 'true' : 'false')).join(',')}]`;
  if (data instanceof Float32Array || data instanceof Float64Array) return `[${Array.from(data, (value) => (Number.isFinite(value) ? String(value) : 'null')).join(',')}]`;
  return `[${data.join(',')}]`;
}

/** valueAt gives one value as people know it; null for what JSON has no word for. */
export function valueAt(tensor: FilledTensor, at: number): string | number | boolean | null {
  const value = tensor.data[at];
  if (tensor.datatype === 'BOOL') return value === 1;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return value ?? null;
}
