/** The inspecting process: loads one ONNX file, tells what it takes and gives, and ends. A broken file breaks this process only. */
import { InferenceSession } from 'onnxruntime-node';
import { type Inspection } from './protocol';
import { describeTensors } from './tensors';

async function inspect(file: string): Promise<Inspection> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
  const inputs = describeTensors(session.inputMetadata);
  const outputs = describeTensors(session.outputMetadata);
  if (inputs.others.length > 0) {
    return { failed: `The model takes ${inputs.others.map((name) => `"${name}"`).join(', ')}, which is no tensor of a type that can be sent here. Export it with tensors of numbers, booleans or text as inputs.` };
  }
  if (outputs.tensors.length === 0) return { failed: 'The model gives no tensor of numbers, booleans or text. Export it so that it does (skl2onnx: zipmap=False).' };
  const problems = outputs.others.map((name) => `The output "${name}" is no tensor (a map or a half float) and is left out of answers. Export it as a tensor (skl2onnx: zipmap=False) to get it.`);
  return { inputs: inputs.tensors, outputs: outputs.tensors, problems };
}

process.on('disconnect', () => process.exit(0));
process.once('message', (file: string) => {
  void inspect(file)
    .catch((error: unknown): Inspection => ({ failed: `The ONNX runtime cannot load the file: ${error instanceof Error ? error.message : String(error)}` }))
    .then((answer) => process.send?.(answer, () => process.exit(0)));
});
