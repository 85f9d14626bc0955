import {
  EvaluationError,
  Environment,
  ParseError,
  TypeError as CelTypeError,
  type ASTNode,
} from '@marcbachmann/cel-js';
import { type Json, type JsonObject } from '../json';
import { formatTime } from './time-format';

/** How a param arrives in expressions; dates arrive as texts like 2001-04-18, datetimes as timestamps. */
export type ValueType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'json';

/** What an upstream looks like to an expression. */
export type TaskFact = { state: string; succeeded: boolean; failed: boolean; skipped: boolean; output: Json };

export type RunFact = {
  id: string;
  pipeline: string;
  version: number | null;
  logicalDate: string | null;
  intervalStart: string | null;
  intervalEnd: string | null;
};

/** Scope is everything that an expression may name, at run time. */
export type Scope = {
  params?: JsonObject;
  /** declared types of params; a name without one is taken as JSON */
  paramTypes?: Record<string, ValueType>;
  vars?: JsonObject;
  run?: RunFact;
  tasks?: Record<string, TaskFact>;
  item?: Json;
  secrets?: Record<string, string>;
};

/** Names is what publishing knows before there are values. undefined: not known, so any name passes. */
export type Names = {
  params: Record<string, ValueType>;
  tasks: Iterable<string>;
  vars?: Iterable<string>;
  secrets?: Iterable<string>;
  /** inside a mapped task */
  item?: boolean;
};

/** ExpressionError is a mistake in an expression, or a value it cannot work with. The message is a sentence. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly expression: string,
    /** where in the expression, when known */
    readonly range?: { start: number; end: number },
  ) {
    super(message);
    this.name = 'ExpressionError';
  }
}

const LIMITS = {
  maxAstNodes: 5_000,
  maxDepth: 100,
  maxListElements: 1_000,
  maxMapEntries: 1_000,
  maxCallArguments: 32,
};
const ROOTS = ['params', 'vars', 'run', 'tasks', 'item', 'secrets'] as const;

class Declared {}

function base(): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: LIMITS,
  });
  for (const [left, right] of [
    ['int', 'double'],
    ['double', 'int'],
  ]) {
    environment.registerOperator(
      `${left} + ${right}: double`,
      (a: number | bigint, b: number | bigint) => Number(a) + Number(b),
    );
    environment.registerOperator(
      `${left} - ${right}: double`,
      (a: number | bigint, b: number | bigint) => Number(a) - Number(b),
    );
    environment.registerOperator(
      `${left} * ${right}: double`,
      (a: number | bigint, b: number | bigint) => Number(a) * Number(b),
    );
    environment.registerOperator(
      `${left} / ${right}: double`,
      (a: number | bigint, b: number | bigint) => Number(a) / Number(b),
    );
  }
  environment.registerOperator(
    'int == double: bool',
    (a: number | bigint, b: number | bigint) => Number(a) === Number(b),
  );
  const stamp = 'google.protobuf.Timestamp';
  environment.registerFunction(`string(${stamp}): string`, (time: Date) => isoText(time));
  for (const type of [stamp, 'string']) {
    environment.registerFunction(`format(${type}, string): string`, (time: unknown, pattern: string) =>
      formatAny(time, pattern, 'UTC'),
    );
    environment.registerFunction(
      `format(${type}, string, string): string`,
      (time: unknown, pattern: string, zone: string) => formatAny(time, pattern, zone),
    );
  }
  return environment;
}

function formatAny(time: unknown, pattern: string, zone: string): string {
  const date = time instanceof Date ? time : typeof time === 'string' ? new Date(time) : undefined;
  if (!date || Number.isNaN(date.getTime()))
    throw new RangeError(`format() needs a time, but got ${time === null ? 'null' : JSON.stringify(time)}.`);
  return formatTime(date, pattern, zone);
}

/** isoText writes a time as ISO 8601 in UTC, without milliseconds when there are none. */
export const isoText = (time: Date): string => time.toISOString().replace('.000Z', 'Z');

let running: Environment | undefined;

/** The environment of run time: types were checked at publish, so names are dynamic here. */
function runtime(): Environment {
  if (!running) {
    running = base();
    for (const root of ROOTS) running.registerVariable(root, 'dyn');
  }
  return running;
}

type Parsed = ReturnType<Environment['parse']>;
const parsed = new Map<string, Parsed>();

/**
 * parseExpression parses CEL and keeps the result.
 * @throws ExpressionError with a sentence.
 */
export function parseExpression(expression: string): Parsed {
  let found = parsed.get(expression);
  if (!found) {
    try {
      found = runtime().parse(expression);
    } catch (error) {
      throw sentence(error, expression);
    }
    if (parsed.size > 5_000) parsed.clear();
    parsed.set(expression, found);
  }
  return found;
}

function sentence(error: unknown, expression: string, names?: Names): ExpressionError {
  const shown = expression.length > 80 ? `${expression.slice(0, 77)}…` : expression;
  if (error instanceof ParseError) {
    const what = error.summary
      .replace('Unexpected token: EOF', 'it ends too early')
      .replace('Unexpected token: ', 'unexpected ');
    return new ExpressionError(`The expression "${shown}" cannot be read: ${what}.`, expression, error.range);
  }
  if (error instanceof CelTypeError || error instanceof EvaluationError) {
    const hint = /no such overload: (string \+|\w+ \+ string)/.test(error.summary)
      ? ' Put string(…) around the number.'
      : '';
    return new ExpressionError(
      `The expression "${shown}" does not work: ${error.summary.replace(/\.$/, '')}.${known(error.summary, names)}${hint}`,
      expression,
      error.range,
    );
  }
  return new ExpressionError(
    `The expression "${shown}" does not work: ${error instanceof Error ? error.message : String(error)}`,
    expression,
  );
}

function known(summary: string, names: Names | undefined): string {
  return names && summary.startsWith('Unknown variable') ? ` Known names are ${ROOTS.join(', ')}.` : '';
}

const CEL_TYPE: Record<ValueType, string> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
  date: 'string',
  datetime: 'google.protobuf.Timestamp',
  json: 'dyn',
};

/** checker makes a type checker for one spec's names: cheap to ask, a little dear to make. */
export function checker(
  names: Names,
): (expression: string, expected?: 'bool' | 'list' | 'any') => ExpressionError | null {
  const environment = base();
  const declare = (root: string, fields: Record<string, string>) => {
    const type = root[0]?.toUpperCase() + root.slice(1);
    environment.registerType(type, { ctor: class extends Declared {}, fields });
    environment.registerVariable(root, type);
  };
  declare(
    'params',
    Object.fromEntries(Object.entries(names.params).map(([name, type]) => [name, CEL_TYPE[type] ?? 'dyn'])),
  );
  environment.registerType('Task', {
    ctor: class extends Declared {},
    fields: { succeeded: 'bool', failed: 'bool', skipped: 'bool', state: 'string', output: 'dyn' },
  });
  declare('tasks', Object.fromEntries([...names.tasks].map((id) => [id, 'Task'])));
  declare('run', {
    id: 'string',
    pipeline: 'string',
    version: 'dyn',
    logicalDate: 'dyn',
    intervalStart: 'dyn',
    intervalEnd: 'dyn',
  });
  if (names.vars) declare('vars', Object.fromEntries([...names.vars].map((name) => [name, 'dyn'])));
  else environment.registerVariable('vars', 'map<string, dyn>');
  if (names.secrets)
    declare('secrets', Object.fromEntries([...names.secrets].map((name) => [name, 'string'])));
  else environment.registerVariable('secrets', 'map<string, string>');
  if (names.item) environment.registerVariable('item', 'dyn');
  return (expression, expected = 'any') => {
    try {
      parseExpression(expression);
      const result = environment.check(expression);
      if (!result.valid)
        return unknownName(expression, names, result.error) ?? sentence(result.error, expression, names);
      const type = result.type ?? 'dyn';
      if (expected === 'bool' && type !== 'bool' && type !== 'dyn')
        return new ExpressionError(
          `The expression "${expression}" gives ${article(type)}, but true or false is needed.`,
          expression,
        );
      if (expected === 'list' && !/^(list|dyn)/.test(type))
        return new ExpressionError(
          `The expression "${expression}" gives ${article(type)}, but a list is needed.`,
          expression,
        );
      return null;
    } catch (error) {
      return error instanceof ExpressionError ? error : sentence(error, expression, names);
    }
  };
}

const article = (type: string) =>
  type === 'int'
    ? 'a whole number'
    : type === 'double'
      ? 'a number'
      : type === 'string'
        ? 'a text'
        : `a ${type}`;

/** unknownName turns "No such key" into which name is missing and where it should have been declared. */
function unknownName(expression: string, names: Names, error: unknown): ExpressionError | null {
  if (!(error instanceof Error) || !error.message.startsWith('No such key')) return null;
  const reads = expressionReads(expression);
  const say = (text: string) => new ExpressionError(text, expression);
  for (const name of reads.params)
    if (!(name in names.params))
      return say(`There is no param "${name}" in this pipeline.${list('Params', Object.keys(names.params))}`);
  const tasks = new Set(names.tasks);
  for (const id of reads.taskIds)
    if (!tasks.has(id)) return say(`There is no task "${id}" in this pipeline.`);
  const vars = names.vars && new Set(names.vars);
  for (const name of reads.vars)
    if (vars && !vars.has(name))
      return say(`There is no variable "${name}" in this workspace. Add it under Settings, Variables.`);
  const secrets = names.secrets && new Set(names.secrets);
  for (const name of reads.secrets)
    if (secrets && !secrets.has(name))
      return say(`There is no secret "${name}" in this workspace. Add it under Settings, Secrets.`);
  return null;
}

const list = (what: string, names: string[]) =>
  names.length > 0 ? ` ${what}: ${names.slice(0, 12).join(', ')}.` : '';

/** What an expression looks at, found in its syntax tree without evaluating it. */
export type Reads = {
  taskIds: string[];
  /** some tasks.<id>.output is read, or a task is named in a way that cannot be seen here */
  readsOutput: boolean;
  params: string[];
  vars: string[];
  secrets: string[];
  run: string[];
  item: boolean;
};

const readsOf = new Map<string, Reads>();

/**
 * expressionReads tells which names an expression uses.
 * @throws ExpressionError when it cannot be parsed.
 */
export function expressionReads(expression: string): Reads {
  const cached = readsOf.get(expression);
  if (cached) return cached;
  const found = {
    tasks: new Set<string>(),
    params: new Set<string>(),
    vars: new Set<string>(),
    secrets: new Set<string>(),
    run: new Set<string>(),
  };
  let readsOutput = false;
  let item = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    const path = pathOf(value);
    if (path) {
      const [root, name, member] = path;
      if (root === 'item') item = true;
      else if (root !== undefined && root in found) {
        if (name !== undefined) found[root as keyof typeof found].add(name);
        if (root === 'tasks' && (name === undefined || member === undefined || member === 'output'))
          readsOutput = true;
      }
      if (root === 'tasks' || value.op === 'id') return;
    }
    visit(value.args);
  };
  visit(parseExpression(expression).ast);
  if (readsOf.size > 5_000) readsOf.clear();
  const reads: Reads = {
    taskIds: [...found.tasks],
    readsOutput,
    params: [...found.params],
    vars: [...found.vars],
    secrets: [...found.secrets],
    run: [...found.run],
    item,
  };
  readsOf.set(expression, reads);
  return reads;
}

const isNode = (value: unknown): value is ASTNode & { args: unknown } =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** pathOf reads a.b.c or a["b"].c as names; undefined when it is another kind of node or has a computed part. */
function pathOf(node: unknown): string[] | undefined {
  if (!isNode(node)) return undefined;
  const args = node.args as unknown;
  if (node.op === 'id') return typeof args === 'string' ? [args] : undefined;
  if (!Array.isArray(args)) return undefined;
  if (node.op === '.' || node.op === '.?') {
    const before = pathOf(args[0]);
    return before && typeof args[1] === 'string' ? [...before, args[1]] : undefined;
  }
  if (node.op === '[]' || node.op === '[?]') {
    const before = pathOf(args[0]);
    const index: unknown = args[1];
    return before && isNode(index) && index.op === 'value' && typeof index.args === 'string'
      ? [...before, index.args]
      : undefined;
  }
  return undefined;
}

/** toCel turns JSON into CEL values: whole numbers become int, so that they index and count. */
function toCel(value: Json | undefined): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toCel(member)]));
  return value ?? null;
}

function paramToCel(value: Json | undefined, type: ValueType | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'number') return Number(value);
  if (type === 'datetime' && typeof value === 'string') return new Date(value);
  return toCel(value);
}

const timeToCel = (text: string | null): Date | null => (text === null ? null : new Date(text));

function context(scope: Scope): Record<string, unknown> {
  const types = scope.paramTypes ?? {};
  const lazily = (make: () => unknown) => {
    let made: { value: unknown } | undefined;
    return () => (made ??= { value: make() }).value;
  };
  const members: Record<string, () => unknown> = {
    params: lazily(() =>
      Object.fromEntries(
        Object.entries(scope.params ?? {}).map(([name, value]) => [name, paramToCel(value, types[name])]),
      ),
    ),
    vars: lazily(() => toCel(scope.vars ?? {})),
    tasks: lazily(() =>
      Object.fromEntries(
        Object.entries(scope.tasks ?? {}).map(([id, task]) => [id, { ...task, output: toCel(task.output) }]),
      ),
    ),
    item: lazily(() => toCel(scope.item)),
    secrets: lazily(() => scope.secrets ?? {}),
    run: lazily(() =>
      scope.run
        ? {
            ...scope.run,
            version: toCel(scope.run.version),
            logicalDate: timeToCel(scope.run.logicalDate),
            intervalStart: timeToCel(scope.run.intervalStart),
            intervalEnd: timeToCel(scope.run.intervalEnd),
          }
        : {},
    ),
  };
  const made: Record<string, unknown> = {};
  for (const [name, get] of Object.entries(members))
    Object.defineProperty(made, name, { enumerable: true, get });
  return made;
}

/**
 * evaluate computes an expression. Whole numbers come as bigint, times as Date.
 * @throws ExpressionError with a sentence.
 */
export function evaluate(expression: string, scope: Scope): unknown {
  const run = parseExpression(expression);
  try {
    return run(context(scope)) as unknown;
  } catch (error) {
    throw sentence(error, expression);
  }
}

/**
 * evaluateTemplate computes an expression that stands in a text. A run without an interval has no interval times, and a text
 * that needs one is refused instead of silently left empty.
 * @throws ExpressionError with a sentence.
 */
export function evaluateTemplate(expression: string, scope: Scope): unknown {
  const missing = expressionReads(expression).run.find(
    (name) => name === 'intervalStart' || name === 'intervalEnd' || name === 'logicalDate',
  );
  const lacks = missing !== undefined && (scope.run?.[missing as 'intervalStart'] ?? null) === null;
  const refusal = () =>
    new ExpressionError(
      `This run has no ${missing === 'logicalDate' ? 'logical date' : 'data interval'}, but {{ ${expression} }} needs it. Start the run with a logical date at which one of the schedule's intervals starts.`,
      expression,
    );
  let value: unknown;
  try {
    value = evaluate(expression, scope);
  } catch (error) {
    throw lacks ? refusal() : error;
  }
  if (lacks && (value === null || value === undefined)) throw refusal();
  return value;
}

/**
 * evaluateCondition computes an expression that must be true or false.
 * @throws ExpressionError, also when it gives something else.
 */
export function evaluateCondition(expression: string, scope: Scope): boolean {
  const value = evaluate(expression, scope);
  if (typeof value !== 'boolean')
    throw new ExpressionError(
      `The expression "${expression}" gave ${asText(value)}, but true or false is needed.`,
      expression,
    );
  return value;
}

/** toJson turns an expression's value into JSON: whole numbers beyond 2^53 become texts, times ISO 8601. */
export function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return isoText(value);
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (value instanceof Map)
    return Object.fromEntries(
      [...(value as Map<unknown, unknown>)].map(([key, member]) => [asText(key), toJson(member)]),
    );
  if (value instanceof Set || Array.isArray(value)) return [...(value as Iterable<unknown>)].map(toJson);
  if (isOptional(value)) return value.hasValue() ? toJson(value.value()) : null;
  if (typeof value === 'object') {
    if ('valueOf' in value && typeof value.valueOf() === 'bigint') return toJson(value.valueOf());
    if ('seconds' in value && 'nanos' in value)
      return `${Number(value.seconds) + Number(value.nanos) / 1e9}s`;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]));
  }
  return null;
}

function isOptional(value: unknown): value is { hasValue(): boolean; value(): unknown } {
  return (
    typeof value === 'object' && value !== null && 'hasValue' in value && typeof value.hasValue === 'function'
  );
}

/** asText writes an expression's value as text: JSON for lists and maps, nothing for null. */
export function asText(value: unknown): string {
  const made = toJson(value);
  if (made === null) return '';
  return typeof made === 'object' ? JSON.stringify(made) : String(made);
}
