import { systemClock, type Clock } from '@/lib/core/clock';
import { countWindows, makeReferences } from '@/lib/drift/server';
import { every } from '../every';

/** Hours with new predictions are looked for this often, in milliseconds. */
const COUNT_MS = 3_000;
/** Versions without a reference are looked for this often without a hint. */
const REFERENCES_MS = 15_000;

/**
 * startDrift freezes references of new model versions and counts predictions into windows. Any number of workers may do it.
 * hint() looks for versions at once.
 */
export function startDrift(clock: Clock = systemClock): { hint: () => void; stop: () => Promise<void> } {
  const references = every(REFERENCES_MS, async () => {
    if ((await makeReferences(clock())) > 0) counting.now();
  });
  const counting = every(COUNT_MS, countWindows);
  return {
    hint: references.now,
    stop: async () => {
      await Promise.all([references.stop(), counting.stop()]);
    },
  };
}
