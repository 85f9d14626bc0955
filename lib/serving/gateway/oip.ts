import { DATATYPES, type Datatype, type Signature } from '@/lib/registry';
import { checkShape, completeCall, inputOf, type Call } from './call';
import { isObject } from './json';
import { bad } from './refusal';
import { acceptsDatatype, dataText, fillTensor, type FilledTensor } from './tensor-data';

/** readInfer reads an inference request of the Open Inference Protocol v2. @throws Refusal with the input and what was expected */
export function readInfer(body: Record<string, unknown>, signature: Signature): Call & { id: string | null } {
  const { id, inputs, outputs } = body;
  if (id !== undefined && typeof id !== 'string') throw bad('"id" is a text.');
  if (!Array.isArray(inputs) || inputs.length === 0) throw bad('"inputs" is a list with one object for each input: {"name", "shape", "datatype", "data"}.');
  const seen = new Set<string>();
  const tensors = inputs.map((given: unknown) => {
    const tensor = readTensor(given, signature);
    if (seen.has(tensor.name)) throw bad(`The input "${tensor.name}" was sent twice.`);
    seen.add(tensor.name);
    return tensor;
  });
  return { ...completeCall(signature, tensors, readOutputs(outputs)), id: id ?? null };
}

function readTensor(given: unknown, signature: Signature): FilledTensor {
  if (!isObject(given) || typeof given.name !== 'string') throw bad('Every input is an object with "name", "shape", "datatype" and "data".');
  const spec = inputOf(signature, given.name);
  const { datatype, shape, data, parameters } = given;
  if (isObject(parameters) && 'binary_data_size' in parameters) throw binaryRefused();
  if (!DATATYPES.some((known) => known === datatype)) throw bad(`Input "${spec.name}" has the datatype ${JSON.stringify(datatype) ?? 'nothing'}. Expected one of ${DATATYPES.join(', ')}.`);
  if (!acceptsDatatype(datatype as Datatype, spec.datatype)) throw bad(`Input "${spec.name}" is ${spec.datatype}, but ${String(datatype)} was sent.`);
  if (!Array.isArray(shape) || !shape.every((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0)) throw bad(`Input "${spec.name}" has no "shape": a list of whole numbers, for example [1, 4].`);
  if (!Array.isArray(data)) throw bad(`Input "${spec.name}" has no "data": a list of values, flat or nested.`);
  checkShape(spec, shape);
  return fillTensor(spec, shape, data);
}

function readOutputs(given: unknown): string[] | null {
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return null;
  if (!Array.isArray(given)) throw bad('"outputs" is a list of objects with a "name".');
  return given.map((each: unknown) => {
    if (!isObject(each) || typeof each.name !== 'string') throw bad('Every one of "outputs" is an object with a "name".');
    if (isObject(each.parameters) && each.parameters.binary_data === true) throw binaryRefused();
    return each.name;
  });
}

/** binaryRefused says that tensors come as JSON here. */
export const binaryRefused = () => bad('The binary tensor extension is not taken here yet. Send "data" as JSON (tritonclient: binary_data=False for inputs and outputs).');

/** inferText writes the answer: outputs flat, in row-major order. */
export function inferText(given: { endpoint: string; version: number; id: string | null; parameters: Record<string, string | number | boolean>; outputs: FilledTensor[] }): string {
  const outputs = given.outputs.map((tensor) => `{"name":${JSON.stringify(tensor.name)},"datatype":"${tensor.datatype}","shape":[${tensor.shape.join(',')}],"data":${dataText(tensor)}}`);
  const id = given.id === null ? '' : `"id":${JSON.stringify(given.id)},`;
  return `{"model_name":${JSON.stringify(given.endpoint)},"model_version":"${given.version}",${id}"parameters":${JSON.stringify(given.parameters)},"outputs":[${outputs.join(',')}]}`;
}

/** modelMetadata describes an endpoint's model by the protocol. */
export const modelMetadata = (endpoint: string, versions: number[], signature: Signature) => ({
  name: endpoint,
  versions: versions.map(String),
  platform: 'onnx_onnxv1',
  inputs: signature.inputs,
  outputs: signature.outputs,
});
