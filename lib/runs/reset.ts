import type { PlannedTask } from '@/lib/pipeline';
import { countUpstreams } from './judge-run';
import { endingOf, isFinalTask, type TaskState } from './states';
import { judgeRule, type UpstreamCounts } from './trigger-rules';

/** A task row after a clear: its state and its counters, computed anew for the whole run. */
export type ResetRow = { ordinal: number; state: TaskState; counts: UpstreamCounts; undecided: boolean; reset: boolean };

/** descendants are the given tasks and everything that depends on them. */
export function descendants(tasks: PlannedTask[], from: Iterable<number>): Set<number> {
  return walk(from, (ordinal) => tasks[ordinal]!.downstream);
}

/** ancestors are the given tasks and everything they depend on. */
export function ancestors(tasks: PlannedTask[], from: Iterable<number>): Set<number> {
  return walk(from, (ordinal) => tasks[ordinal]!.upstream);
}

function walk(from: Iterable<number>, next: (ordinal: number) => number[]): Set<number> {
  const seen = new Set<number>();
  const todo = [...from];
  for (let ordinal = todo.pop(); ordinal !== undefined; ordinal = todo.pop()) {
    if (seen.has(ordinal)) continue;
    seen.add(ordinal);
    todo.push(...next(ordinal));
  }
  return seen;
}

/**
 * resetTasks computes every row of a run after some tasks start over: counters are counted from the states, and plain rules are
 * applied in topological order. Tasks that decide in TypeScript are left pending and undecided.
 * @param states by ordinal, before
 * @param chosen ordinals that start over
 * @param unjudged ordinals whose rule has been judged already: mapped tasks that have their list
 */
export function resetTasks(tasks: PlannedTask[], states: TaskState[], chosen: Set<number>, unjudged: ReadonlySet<number> = new Set()): ResetRow[] {
  const after = [...states];
  for (const ordinal of chosen) after[ordinal] = 'pending';
  return tasks.map((task, ordinal) => {
    const counts = countUpstreams(tasks, after, ordinal);
    const waits = after[ordinal] === 'pending';
    if (waits && !task.decides && !unjudged.has(ordinal)) {
      const verdict = judgeRule(task.triggerRule, counts);
      if (verdict === 'run') after[ordinal] = 'ready';
      else if (verdict === 'skip') after[ordinal] = 'skipped';
      else if (verdict === 'upstream_failed') after[ordinal] = 'upstream_failed';
    }
    return { ordinal, state: after[ordinal]!, counts, undecided: waits && task.decides, reset: chosen.has(ordinal) };
  });
}

/**
 * failedPart is what "rerun from failed" starts over: failed, upstream_failed and cancelled tasks with all that depends on them,
 * since those ran, if they ran, on a result that will change.
 */
export function failedPart(tasks: PlannedTask[], states: TaskState[]): Set<number> {
  const hurt = tasks.filter((t) => ['f', 'u'].includes(endingOf(states[t.ordinal]!) ?? '')).map((t) => t.ordinal);
  return descendants(tasks, hurt);
}

/** passedOver are the given tasks that were passed over without an attempt, which a changed upstream may now let run. */
export function passedOver(states: TaskState[], among: Iterable<number>): Set<number> {
  return new Set([...among].filter((o) => states[o] === 'skipped' || states[o] === 'upstream_failed'));
}

/** unfinishedCount is how many tasks are not final. */
export const unfinishedCount = (rows: { state: TaskState }[]): number => rows.filter((r) => !isFinalTask(r.state)).length;
