import { systemClock, type Clock } from '@/lib/core/clock';
import { countWindows, HOURS_CHANGED, makeReferences, REFERENCES_MISSING } from '@/lib/drift/server';
import { type Duty } from '../watch';

/** While predictions come in, their hours are counted this often, in milliseconds. */
const COUNT_MS = 3_000;
/** Versions whose training data is not there yet are looked at this often without a hint. */
const REFERENCES_MS = 15_000;

/** driftDuties freeze references of new model versions and count predictions into windows. Any number of workers may do it. */
export function driftDuties(clock: Clock = systemClock) {
  return {
    references: {
      due: REFERENCES_MISSING,
      restMs: REFERENCES_MS,
      perform: async () => {
        if ((await makeReferences(clock())) > 0) await countWindows();
      },
    },
    counting: { due: HOURS_CHANGED, restMs: COUNT_MS, perform: countWindows },
  } satisfies Record<string, Duty>;
}
