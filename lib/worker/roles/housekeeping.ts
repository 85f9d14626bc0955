import { systemClock } from '@/lib/core/clock';
import { sweepLeftovers } from '@/lib/datasets/server';
import { forgetDelivered } from '@/lib/outbox/server';
import { dropOldOutputs } from '@/lib/runs/server';
import { forgetOldKeys } from '@/lib/tenancy/server';
import { every } from '../every';

const HOUR_MS = 3_600_000;
/** An Idempotency-Key is remembered for a day. */
const KEYS_KEPT_MS = 24 * HOUR_MS;

/**
 * startHousekeeping obeys the retention settings, once an hour: outputs older than their pipeline keeps them, delivered messages,
 * old idempotency keys, and what interrupted uploads left behind.
 */
export function startHousekeeping(): { stop: () => Promise<void> } {
  return every(HOUR_MS, async () => {
    const now = systemClock();
    await forgetDelivered(now);
    await forgetOldKeys(new Date(now.getTime() - KEYS_KEPT_MS));
    await sweepLeftovers(now);
    await dropOldOutputs(now);
  });
}
