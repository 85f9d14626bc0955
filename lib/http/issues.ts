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
    return [
      { path: pathText(issue.path), message: issue.message, ...(value === undefined ? {} : { value }) },
    ];
  });
}

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
