import { type Issue } from '@/lib/core/errors';
import { type Json, type JsonObject } from '@/lib/core/json';
import { type Param } from '@/lib/pipeline';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

const EXPECTED: Record<Param['type'], string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date like 2001-04-18',
  datetime: 'a time like 2001-04-18T06:00:00Z',
  json: 'a JSON value',
};

/** read turns a given value into the param's type, or undefined when it is not of that type. Texts from a command line count. */
function read(type: Param['type'], value: Json): Json | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'integer':
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      return type === 'integer' && !Number.isSafeInteger(number) ? undefined : number;
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;
    case 'date':
      return typeof value === 'string' && DATE.test(value) && isRealDate(value) ? value : undefined;
    case 'datetime':
      return typeof value === 'string' && DATETIME.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
    case 'json':
      return value;
  }
}

/** Date.parse rolls 31 February over; the calendar does not. */
const isRealDate = (text: string) => !Number.isNaN(Date.parse(text)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

function breach(param: Param, value: Json): string | null {
  if (param.enum && !param.enum.some((e) => e === value)) return `one of ${param.enum.join(', ')}`;
  if (typeof value === 'number') {
    if (param.minimum !== undefined && value < param.minimum) return `at least ${param.minimum}`;
    if (param.maximum !== undefined && value > param.maximum) return `at most ${param.maximum}`;
  }
  if (param.pattern !== undefined && typeof value === 'string' && !new RegExp(`^(?:${param.pattern})$`, 'u').test(value)) {
    return `a text that matches ${param.pattern}`;
  }
  return null;
}

/**
 * resolveParams gives every declared param its value for a run: the given one, else the default. Unknown names, wrong types and
 * values out of bounds become issues with a sentence.
 */
export function resolveParams(declared: Param[], given: JsonObject): { values: JsonObject; issues: Issue[] } {
  const values: JsonObject = {};
  const issues: Issue[] = [];
  for (const name of Object.keys(given)) {
    if (declared.some((p) => p.name === name)) continue;
    const known = declared.map((p) => p.name).join(', ') || 'none';
    issues.push({ path: `params.${name}`, value: given[name], message: `This pipeline has no param "${name}" (it has: ${known}).` });
  }
  for (const param of declared) {
    const path = `params.${param.name}`;
    const value = given[param.name] ?? (param.default as Json | undefined);
    if (value === undefined || value === null) {
      if (param.default === null) values[param.name] = null;
      else issues.push({ path, message: `Param "${param.name}" has no default: give ${EXPECTED[param.type]}.` });
      continue;
    }
    const typed = read(param.type, value);
    if (typed === undefined) {
      issues.push({ path, value, message: `Param "${param.name}" is ${JSON.stringify(value)}; expected ${EXPECTED[param.type]}.` });
      continue;
    }
    const wrong = breach(param, typed);
    if (wrong) issues.push({ path, value, message: `Param "${param.name}" is ${JSON.stringify(value)}; expected ${wrong}.` });
    else values[param.name] = typed;
  }
  return { values, issues };
}
