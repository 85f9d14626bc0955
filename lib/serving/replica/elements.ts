import { type Tensor } from 'onnxruntime-node';
import { type Datatype } from '@/lib/registry';

/** The runtime's name of each datatype. */
export const ELEMENT: Record<Datatype, Tensor.Type> = {
  BOOL: 'bool', UINT8: 'uint8', UINT16: 'uint16', UINT32: 'uint32', UINT64: 'uint64', INT8: 'int8', INT16: 'int16', INT32: 'int32', INT64: 'int64', FP16: 'float16', FP32: 'float32', FP64: 'float64', BYTES: 'string',
};
/** And back. */
export const DATATYPE = Object.fromEntries(Object.entries(ELEMENT).map(([datatype, element]) => [element, datatype as Datatype]));
