import { isId } from '@/lib/core/ids';
import { notFound } from '@/lib/core/errors';
import { liveWorkers } from '@/lib/dispatch/server';
import { authorize, type Context } from '@/lib/tenancy/server';
import { compiledRun } from './plan-cache';
import type { Reason } from './schema';
import { endingOf, isFinalTask } from './states';
import { queueFacts, type Limit, type QueueFacts } from './queue-store';
import { findRun, taskRows, type TaskRow } from './store';

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
    const reason = row.state === 'ready' ? whyReady(row, workers, await queueFacts(row)) : whyNotReady(row, upstream);
    items.push({ taskId: row.task_id, mapIndex: row.map_index < 0 ? null : row.map_index, state: row.state, reason });
  }
  return { items };
}

/** whyQueued is the reason of a ready task when nothing more is known. */
export const whyQueued: Reason = { code: 'queue_order', text: 'It waits for a free slot.' };

type Ready = Pick<TaskRow, 'worker_tags' | 'lane' | 'pool' | 'pool_slots'>;

/** whyReady says what a ready task waits for: a worker at all, one with its tags, room in a limit, or its turn. */
export function whyReady(row: Ready, workers: { roles: string[]; tags: string[]; slots: number }[], facts: QueueFacts): Reason {
  const executors = workers.filter((w) => w.roles.includes('executor'));
  if (executors.length === 0) return { code: 'no_worker', text: 'No worker is running. Start one with `npm start` or `penstock worker`.' };
  const able = executors.filter((w) => row.worker_tags.every((tag) => w.tags.includes(tag)));
  if (able.length === 0) {
    return { code: 'worker_tags', text: `No running worker has the tags ${row.worker_tags.join(', ')}. Start one with \`penstock worker --tags ${row.worker_tags.join(',')}\`.`, details: { needs: row.worker_tags } };
  }
  const full = whyLimited(row, facts.limits);
  if (full) return full;
  if (row.lane >= 2 && facts.lowLanes.used >= facts.lowLanes.cap) {
    const { cap, used } = facts.lowLanes;
    return { code: 'lane_share', text: `Backfill and exploratory work hold ${used} of the ${cap} slots they may have. The rest is kept for interactive and production work.`, details: { cap, used } };
  }
  const { before } = facts;
  const place = before === 0 ? 'It is next.' : before === 1 ? 'One task is before it.' : `${before} tasks are before it.`;
  const slots = able.reduce((sum, w) => sum + w.slots, 0);
  const seconds = facts.secondsEach === null ? null : Math.round((Math.ceil((before + 1) / slots) * facts.secondsEach + Number.EPSILON) * 10) / 10;
  const estimate = seconds === null ? '' : ` It starts in about ${seconds < 1 ? 'a second' : `${Math.round(seconds)} s`}, by how long the running ones take.`;
  return { code: 'queue_order', text: `It waits for a free slot. ${place}${estimate}`, details: { place: before, ...(seconds === null ? {} : { startsInSeconds: seconds }) } };
}

/** whyLimited says which limit has no room for a ready task; null when all have. */
export function whyLimited(row: Ready, limits: Limit[]): Reason | null {
  const concerns = limits.filter((limit) => limit.code !== 'pool' || limit.key.split(' ').slice(2).join(' ') === row.pool);
  const full = concerns.find((limit) => limit.cap - limit.used < (limit.code === 'pool' ? row.pool_slots : 1));
  return full ? whyFull(full, row) : null;
}

const whyFull = (limit: Limit, row: Ready): Reason => {
  const details = { cap: limit.cap, used: limit.used };
  const taken = `${limit.used} of ${limit.cap}`;
  switch (limit.code) {
    case 'pool':
      return row.pool_slots > limit.cap
        ? { code: 'pool', text: `It needs ${row.pool_slots} slots of pool "${row.pool}", which has only ${limit.cap}. Give the pool more slots, or the task fewer.`, details }
        : { code: 'pool', text: `It waits for ${row.pool_slots === 1 ? 'a slot' : `${row.pool_slots} slots`} of pool "${row.pool}": ${taken} are taken.`, details };
    case 'pipeline_limit':
      return { code: 'pipeline_limit', text: `Its pipeline runs as many tasks at once as it may: ${taken}.`, details };
    case 'workspace_limit':
      return { code: 'workspace_limit', text: `The workspace runs as many tasks at once as it may: ${taken}.`, details };
    case 'tag_limit':
      return { code: 'tag_limit', text: `Pipelines tagged ${limit.key.split(' ').slice(2).join(' ')} run as many tasks at once as they may: ${taken}.`, details };
  }
};

/** whyNotReady says what a task that is not ready waits for. */
export function whyNotReady(row: Pick<TaskRow, 'state' | 'reason' | 'not_before'> & Partial<Pick<TaskRow, 'map_count' | 'n_pending'>>, upstream: Pick<TaskRow, 'task_id' | 'state'>[]): Reason {
  if (row.state === 'deferred' && row.reason) return row.reason;
  if (row.state === 'up_for_retry') return row.reason ?? { code: 'retry_delay', text: 'It waits for its next try.' };
  if (row.state === 'awaiting_approval' && row.reason) return row.reason;
  if (row.map_count != null) return { code: 'upstream', text: `It waits for its parts: ${row.map_count - (row.n_pending ?? 0)} of ${row.map_count} have ended.`, details: { parts: row.map_count, open: row.n_pending ?? 0 } };
  const open = upstream.filter((u) => endingOf(u.state) === null).map((u) => u.task_id);
  const names = open.slice(0, 3).join(', ') + (open.length > 3 ? ` and ${open.length - 3} more` : '');
  return { code: 'upstream', text: open.length > 0 ? `It waits for ${names}.` : 'It is about to be decided.', details: { tasks: open } };
}
