import type { PlannedTask } from '@/lib/pipeline';
import { endingOf, type RunState, type TaskState } from './states';
import { judgeRule, type Ending, type UpstreamCounts } from './trigger-rules';

type Judged = Pick<PlannedTask, 'upstream' | 'downstream' | 'triggerRule' | 'when' | 'failureAllowed' | 'handlesFailures'>;

/** Says whether an expression is true when the direct upstreams end in these states (by ordinal). */
export type WhenHolds = (task: number, states: TaskState[]) => boolean;

/** countUpstreams counts a task's direct upstreams by how they ended. */
export function countUpstreams(tasks: Judged[], states: TaskState[], ordinal: number): UpstreamCounts {
  const counts: UpstreamCounts = { p: 0, s: 0, f: 0, u: 0, k: 0 };
  for (const up of tasks[ordinal]!.upstream) counts[endingOf(states[up]!, tasks[up]!.failureAllowed) ?? 'p']++;
  return counts;
}

/** A task handles failures if it ran and would not have run had its failed and upstream_failed upstreams succeeded. */
function handled(tasks: Judged[], states: TaskState[], ordinal: number, whenHolds: WhenHolds): boolean {
  const task = tasks[ordinal]!;
  const ran = ['succeeded', 'failed', 'restored'].includes(states[ordinal]!);
  if (!ran) return false;
  if (task.handlesFailures) return true;
  if (task.when !== null) {
    const healed = [...states];
    for (const up of task.upstream) if (['f', 'u'].includes(endingOf(states[up]!) ?? '')) healed[up] = 'succeeded';
    return !whenHolds(ordinal, healed);
  }
  const { s, f, u, k } = countUpstreams(tasks, states, ordinal);
  return judgeRule(task.triggerRule, { p: 0, s: s + f + u, f: 0, u: 0, k }) !== 'run';
}

/**
 * judgeRun gives a run's verdict from its tasks' final states (semantics §1): failed if and only if some failed or
 * upstream_failed task has no direct successor that handled it or is itself upstream_failed.
 * @param verdict `leaves` is Airflow's rule, kept for imports: failed if a task without successors failed
 */
export function judgeRun(
  tasks: Judged[],
  states: TaskState[],
  verdict: 'handled' | 'leaves',
  whenHolds: WhenHolds,
): Extract<RunState, 'succeeded' | 'failed'> {
  const hurt = (ordinal: number): boolean => {
    const ending: Ending | null = endingOf(states[ordinal]!, tasks[ordinal]!.failureAllowed);
    return ending === 'f' || ending === 'u';
  };
  const unhandled = tasks.some((task, ordinal) => {
    if (!hurt(ordinal)) return false;
    if (verdict === 'leaves') return task.downstream.length === 0;
    return !task.downstream.some((d) => states[d] === 'upstream_failed' || handled(tasks, states, d, whenHolds));
  });
  return unhandled ? 'failed' : 'succeeded';
}
