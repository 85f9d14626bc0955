import type { z } from 'zod';
import type { Issue } from '@/lib/core/errors';

/** Fields whose values are never said back. */
const HIDDEN = /password|secret|token|^value$|^current$|^next$|authorization|api_?key/i;
const LONGEST = 200;

/** issuesOf flattens zod's findings: one line a field, with paths like `tasks[0].config.sql`. */
export function issuesOf(error: z.ZodError, input: unknown): Issue[] {
  return error.issues.flatMap((issue): Issue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        message: `There is no field "${key}" here.`,
      }));
    }
    const value = shown(issue.path, input);
    return [{ path: pathText(issue.path), message: sentenceOf(issue, value), ...(value === undefined ? {} : { value }) }];
  });
}

type ZodIssue = z.core.$ZodIssue;

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** sentenceOf says a finding as a sentence; one that a schema has written itself stays as it is. */
function sentenceOf(issue: ZodIssue, value: unknown): string {
  const given = value === undefined ? '' : ` It is ${JSON.stringify(value)}.`;
  if (!/^(Invalid|Too (big|small))/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type': {
      const expected = KINDS[issue.expected] ?? `a ${issue.expected}`;
      return issue.message.endsWith('received undefined') ? `This is missing. Give ${expected}.` : `Give ${expected}.${given}`;
    }
    case 'invalid_value':
      return `Use ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}.${given}`;
    case 'too_small':
      return `Give ${amount(issue.origin, 'at least', issue.minimum)}.${given}`;
    case 'too_big':
      return `Give ${amount(issue.origin, 'at most', issue.maximum)}.${given}`;
    default:
      return `This value cannot be used here.${given}`;
  }
}

const UNITS: Record<string, string> = { string: ' characters', array: ' items', set: ' items', file: ' bytes' };
const amount = (origin: string, than: string, limit: number | bigint): string => `${than} ${limit}${UNITS[origin] ?? ''}`;

/** pathText writes a path as people read it: `a.b[0].c`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
}

function shown(path: readonly PropertyKey[], input: unknown): unknown {
  if (path.some((part) => typeof part === 'string' && HIDDEN.test(part))) return undefined;
  let value: unknown = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  if (typeof value === 'string') return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined;
}
