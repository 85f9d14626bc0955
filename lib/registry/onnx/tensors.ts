import { type InferenceSession, type Tensor as OrtTensor } from 'onnxruntime-node';
import { type Datatype, type Tensor } from '../signature';

/** The runtime's element types in the words of the Open Inference Protocol. */
export const DATATYPE_OF: Partial<Record<OrtTensor.Type, Datatype>> = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
};

/** describeTensors tells inputs or outputs by the protocol, and names those that it has no word for. */
export function describeTensors(found: readonly InferenceSession.ValueMetadata[]): { tensors: Tensor[]; others: string[] } {
  const tensors: Tensor[] = [];
  const others: string[] = [];
  for (const value of found) {
    const datatype = value.isTensor ? DATATYPE_OF[value.type] : undefined;
    if (!value.isTensor || !datatype || datatype === 'FP16') others.push(value.name);
    else tensors.push({ name: value.name, datatype, shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)) });
  }
  return { tensors, others };
}
