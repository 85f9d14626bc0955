export const ROLLOUT_STATES = ['running', 'paused', 'awaiting_approval', 'held', 'promoting', 'completed', 'rolled_back', 'failed'] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** What a person can decide. "Roll back" is the button for `abort`. */
export const VERBS = ['approve', 'hold', 'resume', 'promote', 'abort'] as const;
export type Verb = (typeof VERBS)[number];

/** isFinished: nothing moves any more. */
export const isFinished = (state: RolloutState): boolean => state === 'completed' || state === 'rolled_back' || state === 'failed';

export const FINISHED_STATES = ROLLOUT_STATES.filter(isFinished);
