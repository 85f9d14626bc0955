import { systemClock, type Clock } from '@/lib/core/clock';
import { makeController } from '@/lib/rollout/server';
import { every } from '../every';

/** While rollouts are under way they are looked at this often, in milliseconds. */
const LIVE_MS = 1_000;
/** While none is, only every so many turns. */
const IDLE_TURNS = 4;

/**
 * startRollouts carries rollouts on: traffic once the candidate is ready, pauses that are over, analyses, guards, approvals that
 * expire. Any number of workers may do it; a killed one loses nothing. hint() looks at once.
 */
export function startRollouts(clock: Clock = systemClock): { hint: () => void; stop: () => Promise<void> } {
  const turn = makeController(clock);
  let live = 0;
  let skipped = 0;
  let hinted = true;
  const duty = every(LIVE_MS, async () => {
    if (live === 0 && !hinted && ++skipped < IDLE_TURNS) return;
    skipped = 0;
    const hurry = hinted;
    hinted = false;
    live = await turn({ hurry });
  });
  return {
    hint: () => {
      hinted = true;
      duty.now();
    },
    stop: duty.stop,
  };
}
