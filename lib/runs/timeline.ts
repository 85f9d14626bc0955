import type { Plan } from '@/lib/pipeline';
import type { Context } from '@/lib/tenancy/server';
import { criticalPath } from './critical-path';
import type { Pace } from './pace';
import { pacesOf } from './paces';
import { compiledRun } from './plan-cache';
import { timedRows, type TimedAttempt, type TimedRow } from './result-store';
import type { TimelineView } from './schema';
import { findVisibleRun } from './service';
import { isFinalRun } from './states';
import type { RunRow } from './store';

/** runTimeline gives when every task of a run waited and worked, attempt by attempt, and the chain that determined its end. */
export async function runTimeline(ctx: Context, id: string): Promise<TimelineView> {
  const run = await findVisibleRun(ctx, id);
  const [{ tasks, attempts }, { plan }] = await Promise.all([timedRows(id), compiledRun(run)]);
  return timelineOf(run, plan, tasks, attempts, ctx.now, await pacesOf(ctx, id, tasks));
}

/** timelineOf puts the rows together. @param rows in plan order @param now ends what a live run has not ended yet */
export function timelineOf(
  run: Pick<RunRow, 'id' | 'state' | 'created_at' | 'started_at' | 'finished_at'>,
  plan: Plan,
  rows: readonly TimedRow[],
  attempts: readonly TimedAttempt[],
  now: Date,
  paces: ReadonlyMap<number, Pace>,
): TimelineView {
  const tries = grouped(attempts, (a) => a.ordinal);
  const planned = new Map(plan.tasks.map((t) => [t.taskId, t]));
  const upstreamIds = rows.map((row) => (planned.get(row.task_id)?.upstream ?? []).map((o) => plan.tasks[o]!.taskId));
  const placesOf = grouped([...rows.keys()], (place) => rows[place]!.task_id);
  const timed = rows.map((row, i) => {
    const first = tries.get(row.ordinal)?.find((a) => a.number > row.cleared_at_attempt);
    return {
      upstream: upstreamIds[i]!.flatMap((id) => placesOf.get(id) ?? []),
      begunAt: first ? (first.startedAt ?? first.claimedAt).getTime() : null,
      endedAt: row.finished_at?.getTime() ?? null,
    };
  });
  const found = criticalPath(timed, isFinalRun(run.state) ? null : now.getTime());
  const critical = new Set(found.path);
  return {
    runId: run.id,
    state: run.state,
    createdAt: run.created_at,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
    tasks: rows.map((row, i) => {
      const by = found.driver[i];
      return {
        taskId: row.task_id,
        mapIndex: row.map_index < 0 ? null : row.map_index,
        kind: row.kind,
        state: row.state,
        finishedAt: row.finished_at,
        pace: (row.state === 'running' && paces.get(row.ordinal)) || null,
        waitsFrom: waitsFrom(row, timed[i]!.begunAt, by === null || by === undefined ? run.created_at : (rows[by]!.finished_at ?? null)),
        upstream: upstreamIds[i]!,
        critical: critical.has(i),
        slackMs: found.slackMs[i]!,
        attempts: (tries.get(row.ordinal) ?? []).map(({ ordinal: _, ...a }) => ({ ...a, beforeClear: a.number <= row.cleared_at_attempt })),
      };
    }),
  };
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** A retry overwrites when a task became ready, so its cause says it better; a clear is the cause of what it started over. */
function waitsFrom(row: TimedRow, begunAt: number | null, cause: Date | null): Date | null {
  if (row.ready_at === null) return null;
  const from = row.cleared_at_attempt > 0 ? row.ready_at : (cause ?? row.ready_at);
  return begunAt !== null && begunAt < from.getTime() ? new Date(begunAt) : from;
}
