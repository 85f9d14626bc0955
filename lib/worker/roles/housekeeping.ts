import { systemClock } from '@/lib/core/clock';
import { sweepLeftovers } from '@/lib/datasets/server';
import { forgetSamples } from '@/lib/dispatch/server';
import { forgetInferences, makeDaysAhead } from '@/lib/inference/server';
import { forgetDelivered } from '@/lib/outbox/server';
import { dropOldOutputs } from '@/lib/runs/server';
import { forgetEvents } from '@/lib/scheduler/server';
import { forgetOldKeys } from '@/lib/tenancy/server';
import { every } from '../every';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** An Idempotency-Key is remembered for a day. */
const KEYS_KEPT_MS = 24 * HOUR_MS;

/** Looks at the queue are kept for two days. */
const SAMPLES_KEPT_MS = 48 * HOUR_MS;

/** What happened is told for 90 days. */
const EVENTS_KEPT_MS = 90 * 24 * HOUR_MS;

/**
 * startHousekeeping obeys the retention settings, once an hour: outputs older than their pipeline keeps them, predictions, delivered
 * messages, old idempotency keys, and what interrupted uploads left behind. Only the leader does; who becomes it later begins within a minute.
 * @param leads whether this process is the leader now
 */
export function startHousekeeping(leads: () => boolean): { stop: () => Promise<void> } {
  let doneAt = -Infinity;
  return every(MINUTE_MS, async () => {
    if (!leads() || performance.now() - doneAt < HOUR_MS) return;
    doneAt = performance.now();
    const now = systemClock();
    await makeDaysAhead(now);
    await forgetDelivered(now);
    await forgetOldKeys(new Date(now.getTime() - KEYS_KEPT_MS));
    await sweepLeftovers(now);
    await forgetSamples(new Date(now.getTime() - SAMPLES_KEPT_MS));
    await forgetEvents(new Date(now.getTime() - EVENTS_KEPT_MS));
    await forgetInferences(now);
    await dropOldOutputs(now);
  });
}
