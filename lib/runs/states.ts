import type { Ending } from './trigger-rules';

export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

export const TASK_STATES = [
  'pending', 'ready', 'running', 'succeeded', 'failed', 'up_for_retry', 'skipped', 'upstream_failed', 'cancelled',
  'deferred', 'awaiting_approval', 'restored',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const ATTEMPT_STATES = [
  'dispatching', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'lost', 'skipped',
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

const ENDING: Record<TaskState, Ending | null> = {
  pending: null,
  ready: null,
  running: null,
  up_for_retry: null,
  deferred: null,
  awaiting_approval: null,
  succeeded: 's',
  restored: 's',
  failed: 'f',
  // a task cancelled alone counts as failed; cancelling the run applies no rule
  cancelled: 'f',
  upstream_failed: 'u',
  skipped: 'k',
};

/**
 * endingOf says how a task's state counts for its successors; null while it has not ended.
 * @param failureAllowed an allowed failure counts as succeeded
 */
export const endingOf = (state: TaskState, failureAllowed = false): Ending | null =>
  failureAllowed && state === 'failed' ? 's' : ENDING[state];

export const isFinalTask = (state: TaskState): boolean => ENDING[state] !== null;

export const isFinalRun = (state: RunState): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled';

/** What needs a look first: of several parts of a task, the state that stands for all. */
const WORST: readonly TaskState[] = [
  'failed', 'running', 'up_for_retry', 'awaiting_approval', 'deferred', 'ready', 'pending', 'upstream_failed', 'cancelled', 'skipped',
  'restored', 'succeeded',
];

/** worstState is the state that stands for the parts of a mapped task. @param states at least one */
export const worstState = (states: readonly TaskState[]): TaskState =>
  states.reduce((worst, state) => (WORST.indexOf(state) < WORST.indexOf(worst) ? state : worst));
