import { z } from 'zod';
import { didYouMean } from '@/lib/core/suggest';

/** Something that keeps a draft from being right. Only errors block publishing. */
export type Problem = { path: string; taskId?: string; severity: 'error' | 'warning'; message: string };

export type PathPart = string | number;

/** pathText writes a path as people and programs see it: tasks[0].config.sql. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(String(part))}]`;
  }
  return text;
}

/** structureProblems checks a value against a strict schema and says every issue as a sentence with a path. */
export function structureProblems(
  schema: z.ZodType,
  value: unknown,
  at: readonly PathPart[],
  taskId?: string,
): Problem[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const problems: Problem[] = [];
  const add = (path: readonly PropertyKey[], message: string) =>
    problems.push({
      path: pathText([...at, ...path]),
      ...(taskId === undefined ? {} : { taskId }),
      severity: 'error',
      message,
    });
  for (const issue of parsed.error.issues) sayIssue(schema, value, issue, [], add);
  return problems;
}

type Issue = z.core.$ZodIssue;

function sayIssue(
  schema: z.ZodType,
  value: unknown,
  issue: Issue,
  before: readonly PropertyKey[],
  add: (path: readonly PropertyKey[], message: string) => void,
): void {
  const path = [...before, ...issue.path];
  const given = valueAt(value, path);
  const name = fieldName(path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path);
      for (const key of issue.keys)
        add([...path, key], `There is no field "${key}" here.${didYouMean(key, known)}`);
      return;
    }
    case 'invalid_type':
      add(
        path,
        given === undefined
          ? `${name} is missing. ${expected(issue.expected)}`
          : `${name} is ${shown(given)}. ${expected(issue.expected)}`,
      );
      return;
    case 'invalid_value': {
      const options = issue.values.map(String);
      const hint = typeof given === 'string' ? didYouMean(given, options) : '';
      add(
        path,
        given === undefined
          ? `${name} is missing. Use one of ${options.join(', ')}.`
          : `${name} is ${shown(given)}, but only ${options.join(', ')} ${options.length === 1 ? 'is' : 'are'} possible.${hint}`,
      );
      return;
    }
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      if (issue.errors.length === 0) {
        const hint = typeof given === 'string' ? didYouMean(given, options) : '';
        add(
          path,
          given === undefined
            ? `${name} is missing. Use one of ${options.join(', ')}.`
            : `${name} is ${shown(given)}, but only ${options.join(', ')} are possible.${hint}`,
        );
        return;
      }
      // the branch that got furthest into the value is the one that was meant
      const meant = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
      if (depth(meant) === 0 && meant.every((each) => each.code === 'invalid_type'))
        add(path, `${name} is ${shown(given)}, which is not possible here.`);
      else for (const inner of meant) sayIssue(schema, value, inner, path, add);
      return;
    }
    case 'too_small':
    case 'too_big':
      add(
        path,
        issue.message.startsWith('Too ')
          ? `${name} is ${shown(given)}, but must be ${bound(issue)}.`
          : issue.message,
      );
      return;
    default:
      add(
        path,
        issue.message.startsWith('Invalid')
          ? `${name} is ${shown(given)}, which is not possible here.`
          : issue.message,
      );
  }
}

const depth = (issues: Issue[]) =>
  Math.max(0, ...issues.map((each) => each.path.length + (each.code === 'invalid_type' ? 0 : 1)));

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const unit = issue.origin === 'string' ? ' characters long' : issue.origin === 'array' ? ' items long' : '';
  const than =
    issue.code === 'too_small'
      ? issue.inclusive === false
        ? 'more than'
        : 'at least'
      : issue.inclusive === false
        ? 'less than'
        : 'at most';
  return `${than} ${limit}${unit}`;
}

function fieldName(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'The spec';
  return typeof last === 'number'
    ? `Item ${last + 1} of "${String(path.at(-2) ?? 'the list')}"`
    : `"${String(last)}"`;
}

const KIND_OF_VALUE: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const expected = (type: string) => `Give ${KIND_OF_VALUE[type] ?? `a ${type}`}.`;

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** keysAt lists the field names that a schema knows at a path; of a union, those of all its members. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found: z.ZodType[] = flatten(schema);
  for (const key of path) {
    found = found.flatMap((each) => {
      if (each instanceof z.ZodObject) {
        const member = (each.shape as Record<string, z.ZodType>)[String(key)];
        return member ? flatten(member) : [];
      }
      if (each instanceof z.ZodArray) return flatten(each.element as z.ZodType);
      if (each instanceof z.ZodRecord) return flatten(each.valueType as z.ZodType);
      return [];
    });
  }
  return [...new Set(found.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : [])))];
}

function flatten(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return flatten(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(flatten);
  return [schema];
}
