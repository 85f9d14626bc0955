import { bad } from './refusal';

/** A whole number of 16 digits and more, outside a text: JavaScript would round it. */
const LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/**
 * parseBody reads JSON; whole numbers too long for JavaScript's own become texts of digits, so that INT64 arrives exactly.
 * @throws Refusal when it is no JSON object
 */
export function parseBody(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(/\d{16}/.test(text) ? text.replace(LONG, (match) => (match.startsWith('"') ? match : `"${match}"`)) : text);
  } catch (error) {
    throw bad(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!isObject(value)) throw bad('The body is no JSON object.');
  return value;
}

/** isObject tells a JSON object from everything else. */
export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
