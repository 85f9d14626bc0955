import { type DraftTask } from './spec';

/** What happens when a running task shows no sign of life for so long. */
export type StallPolicy = { afterSeconds: number; then: 'alert' | 'retry' };

/** A task that does not say how long it may be silent is called stalled after five minutes: long for a quiet step, short for a night. */
export const STALLED_AFTER_SECONDS = 300;

/** stallPolicyOf is a task's policy for stalls with its defaults: told after five minutes, and never killed unasked. */
export function stallPolicyOf(task: DraftTask): StallPolicy {
  const { afterSeconds, then } = (typeof task.stalled === 'object' && task.stalled !== null ? task.stalled : {}) as Partial<StallPolicy>;
  return {
    afterSeconds: typeof afterSeconds === 'number' && afterSeconds > 0 ? afterSeconds : STALLED_AFTER_SECONDS,
    then: then === 'retry' ? 'retry' : 'alert',
  };
}
