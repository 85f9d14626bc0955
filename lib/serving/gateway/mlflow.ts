import { type Signature } from '@/lib/registry';
import { type Call } from './call';
import { isObject } from './json';
import { callOfRows, rowsOfColumns, rowsOfLists } from './named-rows';
import { bad } from './refusal';

const KEYS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

/** readInvocation reads MLflow's scoring request: exactly one of its four forms. @throws Refusal */
export function readInvocation(body: Record<string, unknown>, signature: Signature): Call {
  const given = KEYS.filter((key) => key in body);
  const [key] = given;
  if (!key || given.length > 1) throw bad(`Send exactly one of ${KEYS.map((name) => `"${name}"`).join(', ')}; ${given.length === 0 ? 'there is none' : `there are ${given.length}`}.`);
  const value = body[key];
  switch (key) {
    case 'dataframe_split': {
      if (!isObject(value) || !Array.isArray(value.data)) throw bad('"dataframe_split" is an object with "columns" and "data".');
      const { columns, data } = value;
      if (columns === undefined) return callOfRows(signature, rowsOfLists(signature, data));
      if (!Array.isArray(columns) || !columns.every((name): name is string => typeof name === 'string')) throw bad('"columns" is a list of names.');
      return callOfRows(signature, data.map((row: unknown, i) => named(columns, row, i)));
    }
    case 'dataframe_records':
      if (!Array.isArray(value) || !value.every(isObject)) throw bad('"dataframe_records" is a list of objects, one for each row.');
      return callOfRows(signature, value);
    case 'instances':
      return readInstances(value, signature);
    case 'inputs':
      return readColumns(value, signature);
  }
}

function named(columns: string[], row: unknown, at: number): Record<string, unknown> {
  if (!Array.isArray(row) || row.length !== columns.length) throw bad(`Row ${at + 1} of "data" does not have ${columns.length} values, one for each column.`);
  return Object.fromEntries(columns.map((name, i) => [name, (row as unknown[])[i]]));
}

/** readInstances reads TF-Serving's row form: a list of values, lists or objects. */
export function readInstances(value: unknown, signature: Signature): Call {
  if (!Array.isArray(value)) throw bad('"instances" is a list with one value, list or object for each row.');
  return callOfRows(signature, rowsOfLists(signature, value));
}

/** readColumns reads TF-Serving's column form: values by name, or one plain list of rows. */
export function readColumns(value: unknown, signature: Signature): Call {
  if (Array.isArray(value)) return callOfRows(signature, rowsOfLists(signature, value));
  if (!isObject(value)) throw bad('"inputs" is an object with a list for each name, or a list of rows.');
  const [tensor] = signature.inputs;
  const whole = tensor && signature.inputs.length === 1 && Object.keys(value).length === 1 ? value[tensor.name] : undefined;
  return Array.isArray(whole) ? callOfRows(signature, rowsOfLists(signature, whole)) : callOfRows(signature, rowsOfColumns(value));
}
