import { evaluateCondition, ExpressionError, expressionReads, type Scope, type TaskFact } from '@/lib/core/expressions';
import { type Json } from '@/lib/core/json';
import { log } from '@/lib/core/log';
import { type Plan, type Spec } from '@/lib/pipeline';
import { endingOf, type TaskState } from './states';
import type { RunRow, TaskRow } from './store';

/** taskFact is what an expression sees of a task in some state. */
export function taskFact(state: TaskState, output: Json): TaskFact {
  const ending = endingOf(state);
  return { state, succeeded: ending === 's', failed: ending === 'f' || ending === 'u', skipped: ending === 'k', output };
}

/** paramTypes are the declared types, by name. */
export const paramTypes = (spec: Spec): NonNullable<Scope['paramTypes']> => Object.fromEntries(spec.params.map((p) => [p.name, p.type]));

type World = { run: RunRow; spec: Spec; plan: Plan; rows: TaskRow[]; states: TaskState[] };

/**
 * whenHolds evaluates a task's expression with the run's tasks in the given states. An expression that cannot be evaluated is
 * false, and says so in the process's log: publishing type-checks, so this is an output that is not what it was.
 */
export function whenHolds({ run, spec, plan, rows, states }: World, ordinal: number): boolean {
  const task = plan.tasks[ordinal]!;
  const tasks = Object.fromEntries(
    task.upstream.map((up) => [plan.tasks[up]!.taskId, taskFact(states[up]!, rows[up]?.output ?? null)]),
  );
  try {
    return evaluateCondition(task.when!, { params: run.params, paramTypes: paramTypes(spec), run: runFact(run), tasks });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    log.warn({ run: run.id, task: task.taskId, problem: error.message }, 'an expression could not be evaluated and counts as false');
    return false;
  }
}

/** whenReadsOutput tells whether an expression looks at an upstream's output, which is only known at its end. */
export const whenReadsOutput = (when: string | null): boolean => when !== null && expressionReads(when).readsOutput;

/** whenNames are the upstreams that an expression names. */
export const whenNames = (when: string | null): readonly string[] => (when === null ? [] : expressionReads(when).taskIds);

/** runFact is the run as expressions see it. */
export function runFact(run: Pick<RunRow, 'id' | 'pipeline_slug' | 'version_number' | 'logical_date' | 'interval_start' | 'interval_end'>): NonNullable<Scope['run']> {
  return {
    id: run.id,
    pipeline: run.pipeline_slug,
    version: run.version_number,
    logicalDate: run.logical_date?.toISOString() ?? null,
    intervalStart: run.interval_start?.toISOString() ?? null,
    intervalEnd: run.interval_end?.toISOString() ?? null,
  };
}
