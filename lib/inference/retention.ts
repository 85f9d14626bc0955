import { log } from '@/lib/core/log';
import * as store from './store';

const DAY_MS = 86_400_000;
/** Days of predictions that are kept where a workspace says nothing. */
const STANDARD_DAYS = 90;
const DAYS_AHEAD = 3;

/** makeDaysAhead gives today and the next days partitions of their own; without one a day's rows go to the rest. */
export async function makeDaysAhead(now: Date): Promise<void> {
  for (let i = 0; i <= DAYS_AHEAD; i++) {
    const day = new Date(now.getTime() + i * DAY_MS).toISOString().slice(0, 10);
    await store.makeDay(day).catch((error: unknown) => log.warn({ err: error, day }, 'a day of the inference log has no partition yet'));
  }
}

/** forgetInferences obeys the workspaces' retention (`inferenceRetentionDays`, 90 days otherwise) and drops days that are empty. */
export async function forgetInferences(now: Date): Promise<void> {
  const kept = await store.retentions(STANDARD_DAYS);
  for (const { id, days } of kept) await store.forgetRows(id, new Date(now.getTime() - days * DAY_MS));
  const shortest = Math.min(STANDARD_DAYS, ...kept.map((each) => each.days));
  for (const name of await store.oldDays(new Date(now.getTime() - shortest * DAY_MS))) await store.dropDayIfEmpty(name);
}
