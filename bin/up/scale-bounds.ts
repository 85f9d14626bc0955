import { env } from '@/lib/core/env';
import { type ScaleBounds } from '@/lib/dispatch/server';

/**
 * scaleBounds says between how many executor processes to keep, or null when one worker process does everything (the default).
 * @param given the options --min and --max; PENSTOCK_WORKERS_MIN and PENSTOCK_WORKERS_MAX otherwise
 * @throws Error naming an option that is no number
 */
export function scaleBounds(given: { min?: string; max?: string } = {}): ScaleBounds | null {
  const { PENSTOCK_WORKERS_MIN, PENSTOCK_WORKERS_MAX, PENSTOCK_WORKERS_IDLE_SECONDS: idleSeconds } = env();
  const min = given.min === undefined ? PENSTOCK_WORKERS_MIN : bound('--min', given.min);
  const max = given.max === undefined ? PENSTOCK_WORKERS_MAX : bound('--max', given.max);
  if (min === undefined && max === undefined) return null;
  const most = Math.max(1, max ?? min ?? 1);
  return { min: Math.min(min ?? 1, most), max: most, idleSeconds };
}

function bound(name: string, text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new Error(`${name} ${text}: expected a whole number from 0 to 999.`);
  return Number(text);
}
