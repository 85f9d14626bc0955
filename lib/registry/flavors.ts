import path from 'node:path';
import { parse } from 'yaml';
import { type Flavors } from './schema';

/** What the files say that they are. */
export type Found = {
  flavors: Flavors;
  /** path of the ONNX file to serve; null when there is none */
  onnx: string | null;
  /** the signature in an MLmodel file */
  signature: unknown;
  problems: string[];
};

const CONVERT: Record<string, string> = {
  sklearn: 'A pickle runs code as it loads, so it is not served here. Convert it with skl2onnx (zipmap=False) and upload the .onnx file.',
  python_function: 'It needs a Python of its own, which is not served here. Log the model as ONNX too (mlflow.onnx).',
  xgboost: 'Convert it with onnxmltools and upload the .onnx file.',
  lightgbm: 'Convert it with onnxmltools and upload the .onnx file.',
  tensorflow: 'Convert it with tf2onnx and upload the .onnx file.',
  keras: 'Convert it with tf2onnx and upload the .onnx file.',
  pytorch: 'Export it with torch.onnx.export and upload the .onnx file.',
  pmml: 'PMML is not served here. Export the model as ONNX.',
  spark: 'Convert it with onnxmltools and upload the .onnx file.',
};

/** whyNotServed says why a flavor is stored but not served here, and what to do. */
export const whyNotServed = (flavor: string): string => `The flavor ${flavor} is stored, but only ONNX is served here. ${CONVERT[flavor] ?? 'Export the model as ONNX and upload that.'}`;

const BY_ENDING: [RegExp, string][] = [
  [/\.(pkl|pickle|joblib|skops)$/i, 'sklearn'],
  [/\.(ubj|xgb|bst)$/i, 'xgboost'],
  [/\.(lgb|lgbm)$/i, 'lightgbm'],
  [/saved_model\.pb$/i, 'tensorflow'],
  [/\.(h5|keras)$/i, 'keras'],
  [/\.(pt|pth|safetensors)$/i, 'pytorch'],
  [/\.pmml$/i, 'pmml'],
];

/**
 * findFlavors reads from the paths, and from the MLmodel file when there is one, which flavors a model has and which file is served.
 * @param paths relative paths of all files
 * @param mlmodel the text of the MLmodel file nearest to the root
 * @param wanted the flavor that the uploader named
 */
export function findFlavors(paths: string[], mlmodel: { path: string; text: string } | null, wanted?: string): Found {
  const found: Found = { flavors: {}, onnx: null, signature: undefined, problems: [] };
  const add = (flavor: string, more: Record<string, unknown> = {}) => {
    found.flavors[flavor] = flavor === 'onnx' ? { ...more, served: true } : { ...more, served: false, reason: whyNotServed(flavor) };
  };
  const described = mlmodel && readMlmodel(mlmodel, found.problems);
  if (described) {
    found.signature = described.signature;
    for (const [flavor, given] of Object.entries(described.flavors)) add(flavor, given);
    const data = described.flavors.onnx?.data;
    if (typeof data === 'string') found.onnx = path.posix.normalize(path.posix.join(path.posix.dirname(mlmodel.path), data));
  }
  if (found.onnx !== null && !paths.includes(found.onnx)) {
    found.problems.push(`The MLmodel file names "${found.onnx}", which is not among the files.`);
    found.onnx = null;
  }
  const candidates = paths.filter((each) => each.toLowerCase().endsWith('.onnx'));
  if (found.onnx === null && candidates.length > 0) {
    found.onnx = candidates.length === 1 ? (candidates[0] ?? null) : (candidates.find((each) => path.posix.basename(each) === 'model.onnx') ?? null);
    if (found.onnx === null) found.problems.push(`There are ${candidates.length} ONNX files and no MLmodel file that says which one is served. Name it model.onnx.`);
  }
  if (found.onnx !== null && !found.flavors.onnx) add('onnx', { data: found.onnx });
  if (!described) for (const [ending, flavor] of BY_ENDING) if (paths.some((each) => ending.test(each))) add(flavor);
  if (wanted && !found.flavors[wanted]) add(wanted);
  if (wanted === 'onnx' && found.onnx === null) delete found.flavors.onnx;
  if (found.onnx === null) {
    const others = Object.keys(found.flavors).filter((flavor) => flavor !== 'onnx');
    found.problems.push(...(others.length > 0 ? others.map(whyNotServed) : ['No model of a known form is among the files. Upload an .onnx file, or a folder with an MLmodel file.']));
  }
  return found;
}

type Mlmodel = { flavors: Record<string, Record<string, unknown>>; signature: unknown };

function readMlmodel({ path: place, text }: { path: string; text: string }, problems: string[]): Mlmodel | null {
  try {
    const read: unknown = parse(text);
    if (typeof read !== 'object' || read === null) throw new Error('it holds no keys');
    const { flavors, signature } = read as Record<string, unknown>;
    const entries = typeof flavors === 'object' && flavors !== null ? Object.entries(flavors) : [];
    return { flavors: Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}])), signature };
  } catch (error) {
    problems.push(`The file "${place}" cannot be read as YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}.`);
    return null;
  }
}
