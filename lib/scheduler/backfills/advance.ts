import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { getVersion, requirePipeline } from '@/lib/pipeline/server';
import { announceRun, outsideOf, prepareRun, rerunIn, type RunRequest } from '@/lib/runs/server';
import { systemContext, type Context } from '@/lib/tenancy/server';
import { excludedBy } from '../calendars/store';
import { intervalAt } from '../schedules/schedule-of';
import { decideAction, type NewestRun } from './plan';
import { planBody, type BackfillRequest, type ItemState } from './schema';
import * as store from './store';

/** Runs at once, when neither the backfill nor the pipeline says. */
export const RUNS_AT_ONCE = 4;

/**
 * advanceBackfills takes over how runs ended, makes the next ones, and ends backfills that are done. A backfill's row is locked, and its
 * items change together with the runs that they make, so any number of workers may do this and a kill -9 loses and doubles nothing.
 * @returns how many backfills are not finished
 */
export async function advanceBackfills(now: Date): Promise<number> {
  const open = await store.openBackfills();
  for (const id of open) {
    await advance(id, now).catch((error: unknown) => log.warn({ err: error, backfill: id }, 'a backfill could not go on now; it is tried again'));
  }
  return open.length;
}

async function advance(id: string, now: Date): Promise<void> {
  const done = await inTransaction(async (tx) => {
    const backfill = await store.lockBackfill(tx, id, null, false);
    if (!backfill || (backfill.state !== 'running' && backfill.state !== 'paused')) return null;
    const followed = await store.followRuns(tx, id);
    const made: string[] = [];
    let settled = 0;
    if (backfill.state === 'running') {
      const request = planBody.parse(backfill.request);
      const ctx = systemContext({ id: backfill.workspaceId, slug: backfill.workspaceSlug, name: backfill.workspaceName }, now);
      const { running } = await store.itemCounts(tx, id);
      for (const item of await store.waitingItems(tx, id, (await runsAtOnce(ctx, backfill.slug, request)) - running)) {
        const result = await begin(tx, ctx, backfill, request, item);
        await store.changeItem(tx, id, item.start, { ...result, now });
        if (result.made) made.push(result.made);
        settled += 1;
      }
    }
    const ended = await end(tx, id, now);
    return { made, changed: followed + settled > 0 || ended, workspaceId: backfill.workspaceId };
  }, 60_000);
  if (!done) return;
  done.made.forEach(announceRun);
  if (done.changed) notify({ topic: 'backfill', id, workspaceId: done.workspaceId });
}

async function runsAtOnce(ctx: Context, slug: string, request: BackfillRequest): Promise<number> {
  if (request.maxActiveRuns !== undefined) return request.maxActiveRuns;
  const { currentVersion } = await requirePipeline(ctx, slug);
  return currentVersion === null ? RUNS_AT_ONCE : ((await getVersion(ctx, slug, currentVersion)).spec.settings.maxActiveRuns ?? RUNS_AT_ONCE);
}

async function end(tx: Tx, id: string, now: Date): Promise<boolean> {
  const counts = await store.itemCounts(tx, id);
  if (counts.waiting + counts.running > 0) return false;
  await store.setState(tx, id, counts.failed + counts.cancelled > 0 ? 'failed' : 'succeeded', now);
  return true;
}

type Begun = { state: ItemState; runId?: string; reason?: string; action?: 'skip'; made?: string };

/** begin makes a waiting item's run, by the matrix as it reads now: what began or ended since the plan counts. */
async function begin(tx: Tx, ctx: Context, backfill: store.LockedBackfill, request: BackfillRequest, item: store.WaitingItem): Promise<Begun> {
  const newest = (await store.newestRuns(tx, backfill.pipelineId, item.start, item.start)).get(item.start.getTime()) ?? null;
  const resumed = item.runId !== null && newest !== null;
  if (resumed && newest.state === 'succeeded') return { state: 'succeeded' };
  const { action, reason } = decideAction(newest, resumed ? 'failed' : request.reprocess);
  if (resumed && action === 'skip') return { state: 'running', runId: newest.id };
  if (action === 'skip') return { state: 'skipped', action, reason };
  try {
    const runId = resumed ? await again(tx, ctx, backfill, request, newest, 'failed') : await run(tx, ctx, backfill, request, item, newest);
    return { state: 'running', runId, made: runId };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error;
    return { state: 'failed', reason: error.message };
  }
}

/** again runs an interval's run again under its id, as this backfill's. */
async function again(tx: Tx, ctx: Context, backfill: store.LockedBackfill, request: BackfillRequest, run: NewestRun, from: 'start' | 'failed'): Promise<string> {
  await rerunIn(tx, ctx, run.id, { from }, { lane: request.lane, trigger: { kind: 'backfill', id: backfill.id } });
  return run.id;
}

async function run(tx: Tx, ctx: Context, backfill: store.LockedBackfill, request: BackfillRequest, item: store.WaitingItem, newest: NewestRun | null): Promise<string> {
  const asBefore = request.taskIds === undefined && request.params === undefined && newest?.version === item.version;
  if (newest && asBefore) return again(tx, ctx, backfill, request, newest, 'start');
  const { slug } = backfill;
  const version = item.version ?? undefined;
  const { spec } = await getVersion(ctx, slug, version ?? 1);
  const interval = { start: item.start, end: item.end };
  const asked: RunRequest = {
    pipelineSlug: slug,
    ...(version === undefined ? {} : { version }),
    ...(request.params ? { params: request.params } : {}),
    logicalDate: item.start,
    interval,
    latestUntil: intervalAt(spec, item.start, await excludedBy(ctx.workspaceId, spec))?.latestUntil ?? null,
    lane: request.lane,
    trigger: { kind: 'backfill', id: backfill.id },
  };
  if (request.taskIds) {
    const outside = outsideOf(spec, request.taskIds);
    const kept = await store.keptResults(tx, backfill.pipelineId, outside.taskIds, item.start);
    const nothing = { output: null, tableOutput: null, fingerprint: null, from: null };
    asked.part = { taskIds: request.taskIds, outside: outside.taskIds };
    asked.restore = new Map(outside.taskIds.map((id) => [id, kept.get(id) ?? nothing]));
  }
  return (await (await prepareRun(ctx, asked))(tx)).id;
}
