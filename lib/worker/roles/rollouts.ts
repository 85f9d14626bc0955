import { systemClock, type Clock } from '@/lib/core/clock';
import { makeController, ROLLOUTS_LIVE } from '@/lib/rollout/server';
import { type Duty } from '../watch';

/** While rollouts are under way they are looked at this often, in milliseconds. */
const LIVE_MS = 1_000;

/**
 * rolloutDuty carries rollouts on: traffic once the candidate is ready, pauses that are over, analyses, guards, approvals that
 * expire. Any number of workers may do it; a killed one loses nothing. `hurry()` makes its next turn look at all of them.
 */
export function rolloutDuty(clock: Clock = systemClock): Duty & { hurry(): void } {
  const turn = makeController(clock);
  let hinted = true;
  return {
    due: ROLLOUTS_LIVE,
    restMs: LIVE_MS,
    hurry: () => {
      hinted = true;
    },
    perform: async () => {
      const hurry = hinted;
      hinted = false;
      return (await turn({ hurry })) > 0 ? LIVE_MS : undefined;
    },
  };
}
