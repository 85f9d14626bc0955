import { isId } from '@/lib/core/ids';
import { notFound } from '@/lib/core/errors';
import { liveWorkers } from '@/lib/dispatch/server';
import { authorize, type Context } from '@/lib/tenancy/server';
import { compiledRun } from './plan-cache';
import type { Reason } from './schema';
import { endingOf, isFinalTask } from './states';
import { findRun, queuePlace, taskRows, type TaskRow } from './store';

export type Waiting = { taskId: string; mapIndex: number | null; state: string; reason: Reason };

/** whyWaiting names for every waiting task of a run the one reason why it does not run now. */
export async function whyWaiting(ctx: Context, id: string): Promise<{ items: Waiting[] }> {
  authorize(ctx, 'run:read');
  const run = isId(id) ? await findRun(id, ctx.workspaceId) : null;
  if (!run) throw notFound('run', id);
  const [rows, workers, { plan }] = await Promise.all([taskRows(id), liveWorkers(), compiledRun(run)]);
  const items: Waiting[] = [];
  for (const row of rows) {
    if (isFinalTask(row.state) || row.state === 'running') continue;
    const upstream = (plan.tasks[row.ordinal]?.upstream ?? []).map((o) => rows[o]!);
    const reason = row.state === 'ready' ? whyReady(row, workers, await queuePlace(row)) : whyNotReady(row, upstream);
    items.push({ taskId: row.task_id, mapIndex: row.map_index < 0 ? null : row.map_index, state: row.state, reason });
  }
  return { items };
}

/** whyQueued is the reason of a ready task when nothing more is known. */
export const whyQueued: Reason = { code: 'queue_order', text: 'It waits for a free slot.' };

/** whyReady says what a ready task waits for: a worker at all, one with its tags, or its turn. */
export function whyReady(row: Pick<TaskRow, 'worker_tags'>, workers: { roles: string[]; tags: string[] }[], place: number): Reason {
  const executors = workers.filter((w) => w.roles.includes('executor'));
  if (executors.length === 0) return { code: 'no_worker', text: 'No worker is running. Start one with `npm start` or `penstock worker`.' };
  const able = executors.filter((w) => row.worker_tags.every((tag) => w.tags.includes(tag)));
  if (able.length === 0) {
    return { code: 'worker_tags', text: `No running worker has the tags ${row.worker_tags.join(', ')}.`, details: { needs: row.worker_tags } };
  }
  const before = place === 0 ? 'It is next.' : place === 1 ? 'One task is before it.' : `${place} tasks are before it.`;
  return { code: 'queue_order', text: `It waits for a free slot. ${before}`, details: { place } };
}

/** whyNotReady says what a task that is not ready waits for. */
export function whyNotReady(row: Pick<TaskRow, 'state' | 'reason' | 'not_before'>, upstream: Pick<TaskRow, 'task_id' | 'state'>[]): Reason {
  if (row.state === 'deferred' && row.reason) return row.reason;
  if (row.state === 'up_for_retry') return row.reason ?? { code: 'retry_delay', text: 'It waits for its next try.' };
  const open = upstream.filter((u) => endingOf(u.state) === null).map((u) => u.task_id);
  const names = open.slice(0, 3).join(', ') + (open.length > 3 ? ` and ${open.length - 3} more` : '');
  return { code: 'upstream', text: open.length > 0 ? `It waits for ${names}.` : 'It is about to be decided.', details: { tasks: open } };
}
