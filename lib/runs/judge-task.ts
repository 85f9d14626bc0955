import type { PlannedTask } from '@/lib/pipeline';
import { countUpstreams } from './judge-run';
import { endingOf, type TaskState } from './states';
import { judgeRule, type TaskVerdict } from './trigger-rules';

type Decided = PlannedTask;

/** What the decision of a task with an expression or behind a branch may look at. */
export type DecisionFacts = {
  tasks: Decided[];
  states: TaskState[];
  /** by ordinal: the ids a succeeded branch took, absent for other tasks */
  taken: Map<number, string[]>;
  /** evaluates the task's expression with its upstreams in these states */
  evaluate: (ordinal: number, states: TaskState[]) => boolean;
  /** whether the task's expression reads an upstream's output */
  readsOutput: (ordinal: number) => boolean;
  /** the upstreams that the task's expression names, by task id */
  names: (ordinal: number) => readonly string[];
  /** a newer interval than the run's has ended, so its latestOnly tasks are skipped */
  outdated: boolean;
};

/** With more unfinished upstreams than this an expression waits; 4^6 endings are tried at most. */
const MOST_OPEN = 6;
const ENDINGS: TaskState[] = ['succeeded', 'failed', 'upstream_failed', 'skipped'];

/** Every way in which the unfinished upstreams can still end. */
function* completions(states: TaskState[], open: number[]): Generator<TaskState[]> {
  const [head, ...rest] = open;
  if (head === undefined) {
    yield states;
    return;
  }
  for (const ending of ENDINGS) {
    const next = [...states];
    next[head] = ending;
    yield* completions(next, rest);
  }
}

/** Ids that a branch lets through: the ones it names and all that those reach. */
function reached(tasks: Decided[], taken: string[]): Set<number> {
  const seen = new Set<number>();
  const walk = (ordinal: number) => {
    if (seen.has(ordinal)) return;
    seen.add(ordinal);
    for (const d of tasks[ordinal]!.downstream) walk(d);
  };
  tasks.forEach((t, i) => taken.includes(t.taskId) && walk(i));
  return seen;
}

/** The verdict of a branch over one direct successor: skip it, say nothing, or wait for the branch. */
function branchVerdict(facts: DecisionFacts, ordinal: number): 'skip' | 'none' | 'wait' {
  let open = false;
  for (const up of facts.tasks[ordinal]!.upstream) {
    if (facts.tasks[up]!.kind !== 'branch') continue;
    const ending = endingOf(facts.states[up]!);
    if (ending === null) open = true;
    const taken = facts.taken.get(up);
    if (ending === 's' && taken && !reached(facts.tasks, taken).has(ordinal)) return 'skip';
  }
  return open ? 'wait' : 'none';
}

/**
 * judgeTask decides a waiting task that has an expression or stands behind a branch (semantics §1); tasks under a plain rule
 * are decided by the same table inside the finish statement.
 */
export function judgeTask(facts: DecisionFacts, ordinal: number): TaskVerdict {
  const task = facts.tasks[ordinal]!;
  const branch = branchVerdict(facts, ordinal);
  if (branch === 'skip' || (task.latestOnly && facts.outdated)) return 'skip';
  if (task.when === null) {
    const verdict = judgeRule(task.triggerRule, countUpstreams(facts.tasks, facts.states, ordinal));
    return branch === 'wait' ? 'wait' : verdict;
  }
  const open = task.upstream.filter((up) => endingOf(facts.states[up]!) === null);
  if (branch === 'wait' || (open.length > 0 && (facts.readsOutput(ordinal) || open.length > MOST_OPEN))) return 'wait';
  let answer: boolean | null = null;
  for (const states of completions(facts.states, open)) {
    const value = facts.evaluate(ordinal, states);
    if (answer !== null && value !== answer) return 'wait';
    answer = value;
  }
  // an upstream that the expression does not name hands its table over all the same, so it is waited for
  if (answer) return open.some((up) => !facts.names(ordinal).includes(facts.tasks[up]!.taskId)) ? 'wait' : 'run';
  const hurt = task.upstream.some((up) => ['f', 'u'].includes(endingOf(facts.states[up]!) ?? ''));
  // a later failure would turn SKIP into UPF, so SKIP waits for the last upstream
  if (open.length > 0 && !hurt) return 'wait';
  return hurt ? 'upstream_failed' : 'skip';
}
