/** The asking process: loads one ONNX file, runs it on what it is sent, one call after the other, and ends with its parent. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { DATATYPE, ELEMENT } from '../replica/elements';
import { type RunAnswer, type RunRequest } from '../replica/protocol';
import { type AskLoad } from './protocol';

let session: InferenceSession | null = null;
let wanted: string[] = [];
let last: Promise<void> = Promise.resolve();

async function answer(message: AskLoad | RunRequest): Promise<RunAnswer> {
  if ('file' in message) {
    session = await InferenceSession.create(message.file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
    wanted = message.outputs;
    return { outputs: [] };
  }
  if (!session) throw new Error('No model is loaded.');
  const results = await session.run(Object.fromEntries(message.tensors.map((tensor) => [tensor.name, new Tensor(ELEMENT[tensor.datatype], tensor.data as never, tensor.shape)])), wanted);
  return {
    outputs: wanted.flatMap((name) => {
      const value = results[name];
      return value ? [{ name, datatype: DATATYPE[value.type] ?? 'FP32', shape: [...value.dims], data: value.data }] : [];
    }),
  };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: AskLoad | RunRequest) => {
  last = last
    .then(() => answer(message))
    .catch((error: unknown): RunAnswer => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then((reply) => void process.send?.(reply));
});
