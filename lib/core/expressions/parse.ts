import { EvaluationError, Environment, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { ExpressionError, type Names } from './scope';
import { formatTime } from './time-format';
import { isoText } from './values';

const LIMITS = {
  maxAstNodes: 5_000,
  maxDepth: 100,
  maxListElements: 1_000,
  maxMapEntries: 1_000,
  maxCallArguments: 32,
};
export const ROOTS = ['params', 'vars', 'run', 'tasks', 'item', 'secrets'] as const;

/** base is CEL with mixed numbers and format(), without names. */
export function base(): Environment {
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

/** sentence says what is wrong with an expression. */
export function sentence(error: unknown, expression: string, names?: Names): ExpressionError {
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
