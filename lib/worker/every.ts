import { log } from '@/lib/core/log';

/** A repeated duty; now() does it without waiting for its turn, stop() resolves when the one under way is done. */
export type Duty = { now: () => void; stop: () => Promise<void> };

/** every repeats a duty with a little jitter, one at a time; a failure is logged and the next turn comes anyway. */
export function every(ms: number, duty: () => Promise<void>): Duty {
  let stopped = false;
  let asked = false;
  let wake: (() => void) | null = null;
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms * (0.9 + Math.random() * 0.2));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = (async () => {
    while (!stopped) {
      asked = false;
      await duty().catch((error: unknown) => log.warn({ err: error }, 'a duty failed; its next turn will try again'));
      if (!stopped && !asked) await pause();
      wake = null;
    }
  })();
  return {
    now: () => {
      asked = true;
      wake?.();
    },
    stop: async () => {
      stopped = true;
      wake?.();
      await loop;
    },
  };
}
