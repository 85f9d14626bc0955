import { env } from '@/lib/core/env';
import type { Context } from '@/lib/tenancy/server';
import { paceOf, usualOf, type Pace, type Vitals } from './pace';
import { pastDurations, vitalsOf } from './pace-store';
import type { TaskRow } from './store';

/** pacesOf says how the running ones of a run's tasks get on, by ordinal; it asks the database only when one runs. */
export async function pacesOf(ctx: Context, runId: string, tasks: readonly Pick<TaskRow, 'state' | 'kind'>[]): Promise<Map<number, Pace>> {
  if (!tasks.some((task) => task.state === 'running' && task.kind !== 'empty')) return new Map();
  const beatSeconds = env().PENSTOCK_LEASE_SECONDS / 3;
  return new Map([...(await vitalsOf(runId))].map(([ordinal, vitals]) => [ordinal, { ...paceOf(vitals, ctx.now, beatSeconds), vitals }]));
}

/** What is usual changes slowly: it is read again after so long, in milliseconds. */
const KEPT_MS = 60_000;
const MOST_KEPT = 1000;
const kept = new Map<string, { at: number; usual: Promise<Vitals['usual']> }>();

/** usualDuration is how long the earlier attempts of a task took that succeeded, from a minute's memory. @param part of a mapped task: its parts */
export function usualDuration(pipelineId: string, taskId: string, part: boolean, now: Date): Promise<Vitals['usual']> {
  const key = `${pipelineId} ${taskId} ${part}`;
  const known = kept.get(key);
  if (known && now.getTime() - known.at < KEPT_MS) return known.usual;
  const usual = pastDurations(pipelineId, taskId, part).then(usualOf);
  kept.delete(key);
  kept.set(key, { at: now.getTime(), usual });
  usual.catch(() => kept.delete(key));
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  return usual;
}
