import { expressionReads, findTemplates, type Scope, type TaskFact } from '@/lib/core/expressions';
import type { AttemptContext } from './adapter';

const SUCCEEDED = new Set(['succeeded', 'restored']);
const FAILED = new Set(['failed', 'upstream_failed', 'cancelled']);

/**
 * scopeOf gathers what the expressions of a task may name. Variables and secrets are fetched only if one of them is named,
 * and a secret that was fetched is masked from then on.
 * @param expressions CEL texts, without braces
 * @throws AttemptFailure when a secret is missing; ExpressionError when an expression cannot be read
 */
export async function scopeOf(context: AttemptContext, expressions: readonly string[]): Promise<Scope> {
  const reads = expressions.map(expressionReads);
  const secrets: Record<string, string> = {};
  for (const name of new Set(reads.flatMap((each) => each.secrets))) secrets[name] = await context.secret(name);
  const vars = reads.some((each) => each.vars.length > 0) ? await context.vars() : {};
  const tasks = Object.entries(context.upstream).map(([id, { state, output }]): [string, TaskFact] => [
    id,
    { state, output, succeeded: SUCCEEDED.has(state), failed: FAILED.has(state), skipped: state === 'skipped' },
  ]);
  const { run } = context;
  return {
    params: context.params,
    paramTypes: context.paramTypes,
    vars,
    run: {
      id: run.id,
      pipeline: run.pipeline,
      version: run.version,
      logicalDate: run.logicalDate?.toISOString() ?? null,
      intervalStart: run.intervalStart?.toISOString() ?? null,
      intervalEnd: run.intervalEnd?.toISOString() ?? null,
    },
    tasks: Object.fromEntries(tasks),
    ...(context.item === undefined ? {} : { item: context.item }),
    secrets,
  };
}

/** expressionsIn lists the expressions of all `{{ … }}` in the texts of a value. @throws ExpressionError */
export function expressionsIn(value: unknown): string[] {
  if (typeof value === 'string') return findTemplates(value).map((template) => template.expression);
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(expressionsIn);
  return [];
}
