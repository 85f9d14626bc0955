/** The asking process: loads one ONNX file and runs it on tensors that it is sent, one after the other. It ends with its parent. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type PredictLoad, type PredictReply, type PredictRequest } from './predict-protocol';

let session: InferenceSession | null = null;
let last: Promise<void> = Promise.resolve();

async function answer(message: PredictLoad | PredictRequest): Promise<PredictReply> {
  if ('file' in message) {
    session = await InferenceSession.create(message.file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
    return { outputs: [] };
  }
  if (!session) throw new Error('No model is loaded.');
  const feeds = Object.fromEntries(message.tensors.map(({ name, type, shape, data }) => [name, new Tensor(type, data as never, shape)]));
  const results = await session.run(feeds, message.outputs);
  return { outputs: message.outputs.flatMap((name) => (results[name] ? [{ name, data: results[name].data as never }] : [])) };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: PredictLoad | PredictRequest) => {
  last = last
    .then(() => answer(message))
    .catch((error: unknown): PredictReply => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then((reply) => void process.send?.(reply));
});
