import { type Json } from '../json';
import { parseExpression, sentence } from './parse';
import { expressionReads } from './reads';
import { ExpressionError, type Scope, type ValueType } from './scope';
import { asText } from './values';

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
        Object.entries(scope.tasks ?? {}).map(([id, task]) => [id, { ...task, output: toCel(task.output), ...(task.rows === undefined ? {} : { rows: toCel(task.rows) }) }]),
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
