import { type Signature } from '@/lib/registry';
import { rowValue } from './named-rows';
import { valueAt, type FilledTensor } from './tensor-data';

/** Values of an output that are kept of one row. */
const MOST_VALUES = 100;

/** featuresOf gives the named values of one row; null when the model has no named features. */
export function featuresOf(signature: Signature, tensors: FilledTensor[], row: number): Record<string, unknown> | null {
  if (signature.features.length === 0) return null;
  const features: Record<string, unknown> = {};
  for (const feature of signature.features) {
    const tensor = tensors.find((each) => each.name === feature.input);
    if (!tensor) continue;
    const width = tensor.shape[1] ?? 1;
    features[feature.name] = valueAt(tensor, feature.column === null ? row : row * width + feature.column);
  }
  return features;
}

/** predictionOf gives the outputs of one row by name. */
export function predictionOf(outputs: FilledTensor[], row: number, rows: number): Record<string, unknown> {
  return Object.fromEntries(
    outputs.map((output) => {
      const value = rowValue(output, row, rows);
      return [output.name, Array.isArray(value) ? value.slice(0, MOST_VALUES) : value];
    }),
  );
}

/**
 * scoreOf is the one number that drift and rollouts look at: of the first output of floats its value, of two classes the second one's
 * probability, of more the number of the likeliest class; without such an output the first whole number.
 */
export function scoreOf(outputs: FilledTensor[], row: number, rows: number): number | null {
  const chosen = outputs.find((each) => each.datatype === 'FP32' || each.datatype === 'FP64') ?? outputs.find((each) => each.datatype !== 'BYTES');
  if (!chosen) return null;
  const width = Math.max(1, Math.floor(chosen.data.length / rows));
  if (width === 1) return numberAt(chosen, row);
  if (width === 2) return numberAt(chosen, row * 2 + 1);
  let best = 0;
  for (let i = 1; i < width; i++) if ((numberAt(chosen, row * width + i) ?? -Infinity) > (numberAt(chosen, row * width + best) ?? -Infinity)) best = i;
  return best;
}

function numberAt(tensor: FilledTensor, at: number): number | null {
  const value = valueAt(tensor, at);
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null;
}
