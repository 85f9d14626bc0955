import { z } from 'zod';
import { type FeatureType, FEATURE_TYPES } from './signature';

/** A column that a given signature names, with its type where it says one. */
export type Column = { name: string; type: FeatureType | null };

const MLFLOW_TYPES: Record<string, FeatureType> = { boolean: 'boolean', integer: 'integer', long: 'integer', float: 'number', double: 'number', string: 'string', binary: 'string', datetime: 'string' };
const columnSchema = z.union([z.string().min(1).transform((name) => ({ name, type: undefined })), z.looseObject({ name: z.string().min(1), type: z.string().optional() })]);

/**
 * declaredColumns reads the input columns of a signature that somebody gives with a model: MLflow's column form (`{inputs: "[…]"}`,
 * its JSON inside a text or not, or the list alone), or ours (`{features: […]}`). MLflow's tensor form names no columns.
 * @returns null when it names none; a sentence when it cannot be read
 */
export function declaredColumns(given: unknown): Column[] | null | string {
  const whole = fromText(given);
  const found = Array.isArray(whole) ? whole : isObject(whole) ? fromText(whole.features ?? whole.inputs) : undefined;
  if (found === undefined || found === null) return null;
  if (!Array.isArray(found)) return 'The signature is neither a list of columns nor an object with "inputs" or "features".';
  if (found.some((each) => isObject(each) && (each.type === 'tensor' || 'datatype' in each || 'tensor-spec' in each))) return null;
  const parsed = z.array(columnSchema).safeParse(found);
  if (!parsed.success) return `The signature's columns cannot be read: ${parsed.error.issues[0]?.message ?? ''}. A column looks like {"name": "age", "type": "double"}.`;
  const names = parsed.data.map((column) => column.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `The signature names the column "${twice}" twice.`;
  return parsed.data.map(({ name, type }) => ({ name, type: type === undefined ? null : typeOf(type) }));
}

const typeOf = (word: string): FeatureType | null => MLFLOW_TYPES[word] ?? FEATURE_TYPES.find((each) => each === word) ?? null;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function fromText(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}
