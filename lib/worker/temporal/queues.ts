/** Slots of a process for attempts that need no process of their own; as many as a claimer takes. */
export const INLINE_SLOTS = 100;

/**
 * taskQueue names the queue of Temporal that workers of the same tags share. Tags are those of the worker that claimed, so every worker of
 * the queue has all tags that the task asks for.
 * @param inline attempts that need no process slot have a queue of their own, so that a sub-pipeline that waits holds up nobody
 */
export function taskQueue(tags: readonly string[], inline: boolean): string {
  return ['penstock', [...tags].sort().join('+') || 'any', ...(inline ? ['inline'] : [])].join('.');
}

/** priorityKey is Temporal's 1 (first) to 5 for a lane's number. */
export const priorityKey = (lane: number): number => Math.min(5, Math.max(1, lane + 1));

/** attemptId names an attempt in Temporal: the same attempt is never started twice. */
export const attemptId = (run: string, ordinal: number, fence: number): string => `${run}.${ordinal}.${fence}`;
