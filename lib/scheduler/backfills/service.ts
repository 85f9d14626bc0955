import { createHash } from 'node:crypto';
import { conflict, invalid, notFound } from '@/lib/core/errors';
import { isId, newId } from '@/lib/core/ids';
import { type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { type Spec } from '@/lib/pipeline';
import { getVersion, requirePipeline } from '@/lib/pipeline/server';
import { announceCancel, cancelRunIn, outsideOf, resolveParams } from '@/lib/runs/server';
import { audit, authorize, openText, sealText, type Context } from '@/lib/tenancy/server';
import { excludedBy } from '../calendars/store';
import { timetable, type Interval } from '../fires/timetable';
import { scheduleTriggers } from '../schedules/schedule-of';
import { intervalsOf } from './intervals';
import { planItems, refuseByPast } from './plan';
import { planBody, type BackfillPlan, type BackfillRequest, type BackfillRow, type BackfillView, type ExtendRequest, type IntervalRun, type ListBackfills, type PlanItem } from './schema';
import * as store from './store';

type Target = { id: string; slug: string; version: number; spec: Spec };

/** target finds the pipeline to fill and its newest version. @throws AppError not_found, invalid when nothing is published or it is archived */
async function target(ctx: Context, slug: string): Promise<Target> {
  const { id, currentVersion, archivedAt } = await requirePipeline(ctx, slug);
  if (archivedAt !== null) throw invalid(`Pipeline "${slug}" is archived. Restore it in its settings, then backfill it.`);
  if (currentVersion === null) throw invalid(`Pipeline "${slug}" has no published version yet. Publish it, then backfill it.`);
  return { id, slug, version: currentVersion, spec: (await getVersion(ctx, slug, currentVersion)).spec };
}

/** The schedule that gives a pipeline's runs their intervals: its first one, on or off. */
async function scheduleOf(ctx: Context, spec: Spec) {
  const [first] = scheduleTriggers(spec);
  return first ? { table: timetable(first.trigger, (await excludedBy(ctx.workspaceId, spec))(first.trigger)), zone: first.trigger.zone ?? 'UTC' } : null;
}

/** planFor plans intervals in two queries, three for a part of the pipeline. @throws AppError invalid, naming each field */
async function planFor(to: Target, request: BackfillRequest, intervals: Interval[]): Promise<PlanItem[]> {
  refuseByPast(to.spec.settings, request);
  const unknown = (request.taskIds ?? []).flatMap((id, at) =>
    to.spec.tasks.some((task) => task.id === id) ? [] : [{ path: `taskIds[${at}]`, message: `There is no task "${id}" in version ${to.version}.`, value: id }],
  );
  const issues = [...unknown, ...resolveParams(to.spec.params, (request.params ?? {})).issues];
  if (issues.length > 0) throw invalid(issues.map((issue) => issue.message).join(' '), issues);
  const [first, last] = [intervals[0]!.start, intervals.at(-1)!.start];
  const [newest, estimateSeconds, missing] = await Promise.all([
    store.newestRuns(prisma(), to.id, first, last),
    request.taskIds ? null : store.medianSeconds(to.id),
    missingOutputs(to, request, intervals),
  ]);
  return planItems(intervals, request, { newest, version: to.version, missing, estimateSeconds });
}

async function missingOutputs(to: Target, request: BackfillRequest, intervals: Interval[]): Promise<Map<number, string[]>> {
  const providers = request.taskIds ? outsideOf(to.spec, request.taskIds).providers : [];
  if (providers.length === 0) return new Map();
  const kept = new Set((await store.keptProviders(to.id, providers, intervals[0]!.start, intervals.at(-1)!.start)).map(({ at, taskId }) => `${at.getTime()} ${taskId}`));
  return new Map(intervals.map(({ start }) => [start.getTime(), providers.filter((id) => !kept.has(`${start.getTime()} ${id}`))]));
}

const place = (pipelineId: string) => `backfill plan ${pipelineId}`;

/** A token holds what was asked, and a digest of everything that decided the plan. */
function sealPlan(to: Target, request: BackfillRequest, items: PlanItem[]): string {
  return sealText(place(to.id), JSON.stringify({ request, digest: digestOf(items) }));
}

const digestOf = (items: PlanItem[]): string =>
  createHash('sha256').update(JSON.stringify(items.map((i) => [i.intervalStart, i.intervalEnd, i.action, i.reason, i.version]))).digest('hex');

function openPlan(pipelineId: string, token: string): { request: BackfillRequest; digest: string } {
  try {
    const { request, digest } = JSON.parse(openText(place(pipelineId), token)) as { request: unknown; digest: string };
    return { request: planBody.parse(request), digest };
  } catch {
    const message = 'This is no token that a plan of this pipeline gave. Make a plan first.';
    throw invalid(message, [{ path: 'token', message }]);
  }
}

/**
 * planBackfill says what a backfill would do, one row an interval, and gives the token that starts exactly this.
 * @throws AppError not_found, invalid (range, params, tasks, depends on past)
 */
export async function planBackfill(ctx: Context, slug: string, request: BackfillRequest): Promise<BackfillPlan> {
  const to = await target(ctx, slug);
  authorize(ctx, 'run:write');
  const items = await planFor(to, request, intervalsOf(request, await scheduleOf(ctx, to.spec), ctx.now));
  return { token: sealPlan(to, request, items), items };
}

/**
 * startBackfill starts what a plan said. It plans again under the pipeline's lock: when anything moved, nothing starts.
 * @throws AppError invalid for a token of another plan; conflict with the new plan, or naming the backfill that holds an interval
 */
export async function startBackfill(ctx: Context, slug: string, token: string): Promise<BackfillView> {
  const to = await target(ctx, slug);
  authorize(ctx, 'run:write');
  const { request, digest } = openPlan(to.id, token);
  const intervals = intervalsOf(request, await scheduleOf(ctx, to.spec), ctx.now);
  const id = newId();
  await inTransaction(async (tx) => {
    await store.lockPipelineRow(tx, to.id);
    await refuseHeld(tx, to.id, intervals.map(({ start }) => start), null);
    const items = await planFor(to, request, intervals);
    if (digestOf(items) !== digest) {
      throw conflict('Something moved since this plan was made, so nothing was started. Look at the new plan, then start it.', { token: sealPlan(to, request, items), items });
    }
    await store.insertBackfill(tx, { id, workspaceId: ctx.workspaceId, pipelineId: to.id, pipelineSlug: slug, request: request, createdBy: ctx.actor.name, now: ctx.now });
    await store.insertItems(tx, id, to.id, items);
    if (items.every((item) => item.action === 'skip')) await store.setState(tx, id, 'succeeded', ctx.now);
    await audit(tx, ctx, { verb: 'backfill.start', target: 'pipeline', targetId: slug, after: { backfill: id, intervals: items.length, ...(request as unknown as JsonObject) } });
  }, 60_000);
  announce(ctx, id);
  return getBackfill(ctx, slug, id);
}

async function refuseHeld(tx: Tx, pipelineId: string, starts: Date[], except: string | null): Promise<void> {
  const held = await store.heldBy(tx, pipelineId, starts, except);
  if (!held) return;
  throw conflict(
    `Backfill ${held.id} (${held.first.toISOString()} to ${held.last.toISOString()}) is not finished and holds the interval ${held.at.toISOString()} already. Wait for it, cancel it, or choose other intervals.`,
    { backfillId: held.id },
  );
}

function announce(ctx: Context, id: string): void {
  notify({ topic: 'backfill', id, workspaceId: ctx.workspaceId }, { urgent: true });
}

/** listBackfills lists backfills, newest first. @param query.pipeline only of this one (slug) */
export async function listBackfills(ctx: Context, query: ListBackfills): Promise<{ items: BackfillRow[]; nextCursor: string | null }> {
  authorize(ctx, 'run:read');
  const pipelineId = query.pipeline === undefined ? undefined : (await requirePipeline(ctx, query.pipeline)).id;
  const rows = await store.listBackfillRows(ctx.workspaceId, { pipelineId, before: query.cursor, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit);
  return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null };
}

/** getBackfill gives one backfill with its items. @throws AppError not_found */
export async function getBackfill(ctx: Context, slug: string, id: string): Promise<BackfillView> {
  const pipeline = await requirePipeline(ctx, slug);
  authorize(ctx, 'run:read');
  const [row] = isId(id) ? await store.listBackfillRows(ctx.workspaceId, { id, pipelineId: pipeline.id, limit: 1 }) : [];
  if (!row) throw notFound('backfill', id);
  return { ...row, items: await store.backfillItems(id) };
}

type Change = (tx: Tx, backfill: store.LockedBackfill) => Promise<JsonObject>;

/** change does something to a backfill under its lock. @throws AppError not_found */
async function change(ctx: Context, slug: string, id: string, verb: string, work: Change): Promise<BackfillView> {
  const pipeline = await requirePipeline(ctx, slug);
  const found = isId(id) ? await store.listBackfillRows(ctx.workspaceId, { id, pipelineId: pipeline.id, limit: 1 }) : [];
  if (found.length === 0) throw notFound('backfill', id);
  authorize(ctx, 'run:write');
  await inTransaction(async (tx) => {
    // in this order, as whoever advances it does
    const backfill = await store.lockBackfill(tx, id, ctx.workspaceId, true);
    await store.lockPipelineRow(tx, pipeline.id);
    if (!backfill) throw notFound('backfill', id);
    const after = await work(tx, backfill);
    await audit(tx, ctx, { verb: `backfill.${verb}`, target: 'pipeline', targetId: slug, before: { backfill: id, state: backfill.state }, after });
  }, 60_000);
  announce(ctx, id);
  return getBackfill(ctx, slug, id);
}

/** pauseBackfill starts no further runs; those under way end. @throws AppError conflict when it is not running */
export const pauseBackfill = (ctx: Context, slug: string, id: string): Promise<BackfillView> =>
  change(ctx, slug, id, 'pause', async (tx, { state }) => {
    if (state !== 'running' && state !== 'paused') throw conflict(`This backfill is ${state}, so there is nothing to pause.`);
    await store.setState(tx, id, 'paused', ctx.now);
    return { state: 'paused' };
  });

/** resumeBackfill goes on with a paused one. @throws AppError conflict when it is finished */
export const resumeBackfill = (ctx: Context, slug: string, id: string): Promise<BackfillView> =>
  change(ctx, slug, id, 'resume', async (tx, { state }) => {
    if (state !== 'running' && state !== 'paused') throw conflict(`This backfill is ${state}. Resume what failed in it, or start a new one.`);
    await store.setState(tx, id, 'running', ctx.now);
    return { state: 'running' };
  });

/** cancelBackfill starts no further runs and stops those under way. Cancelling a finished one changes nothing. */
export async function cancelBackfill(ctx: Context, slug: string, id: string): Promise<BackfillView> {
  let stopped: string[] = [];
  await change(ctx, slug, id, 'cancel', async (tx, { state }) => {
    if (state !== 'running' && state !== 'paused') return { state, stopped: 0 };
    stopped = await store.cancelItems(tx, id, ctx.now);
    for (const run of stopped) await cancelRunIn(tx, ctx, run, `The backfill was cancelled by ${ctx.actor.name}.`);
    await store.setState(tx, id, 'cancelled', ctx.now);
    return { state: 'cancelled', stopped: stopped.length };
  });
  stopped.forEach(announceCancel);
  return getBackfill(ctx, slug, id);
}

/** resumeFailed runs again, from what failed, the intervals of a backfill that failed or were cancelled. @throws AppError conflict */
export const resumeFailed = (ctx: Context, slug: string, id: string): Promise<BackfillView> =>
  change(ctx, slug, id, 'resume-failed', async (tx, backfill) => {
    await refuseHeld(tx, backfill.pipelineId, await store.itemStarts(tx, id), id);
    const again = await store.retryItems(tx, id);
    if (again.length === 0) throw conflict('Nothing in this backfill failed or was cancelled, so there is nothing to resume.');
    await store.setState(tx, id, 'running', ctx.now);
    return { state: 'running', intervals: again.length };
  });

/** extendBackfill adds the intervals of a wider range, or further named ones, to a backfill. @throws AppError invalid, conflict */
export async function extendBackfill(ctx: Context, slug: string, id: string, more: ExtendRequest): Promise<BackfillView> {
  const to = await target(ctx, slug);
  return change(ctx, slug, id, 'extend', async (tx, backfill) => {
    const before = planBody.parse(backfill.request);
    const asked = widened(before, more);
    const known = await store.itemStarts(tx, id);
    const has = new Set(known.map((start) => start.getTime()));
    const added = intervalsOf(asked, await scheduleOf(ctx, to.spec), ctx.now).filter(({ start }) => !has.has(start.getTime()));
    if (added.length === 0) {
      const message = 'This backfill has all these intervals already.';
      throw invalid(message, [{ path: more.to === undefined ? 'from' : 'to', message, value: more.to ?? more.from }]);
    }
    await refuseHeld(tx, to.id, [...known, ...added.map(({ start }) => start)], id);
    const items = await planFor(to, before, added);
    await store.insertItems(tx, id, to.id, items);
    await store.setRequest(tx, id, asked);
    if (backfill.state !== 'paused') await store.setState(tx, id, 'running', ctx.now);
    return { added: added.length };
  });
}

function widened(before: BackfillRequest, more: ExtendRequest): BackfillRequest {
  const { from, to, intervals, ...rest } = before;
  if (intervals) {
    if (!more.intervals) {
      const message = 'This backfill names its intervals, so name the further ones in intervals.';
      throw invalid(message, [{ path: 'intervals', message }]);
    }
    return { ...rest, intervals: [...intervals, ...more.intervals] };
  }
  if (more.intervals) {
    const message = 'This backfill is of a range, so give from or to.';
    throw invalid(message, [{ path: 'intervals', message }]);
  }
  return { ...rest, from: more.from ?? from, to: more.to ?? to };
}

/** backfillIntervals lists the intervals of a pipeline's schedule in a range, each with its newest run, for the calendar. */
export async function backfillIntervals(ctx: Context, slug: string, range: { from: string; to: string }): Promise<{ items: IntervalRun[] }> {
  authorize(ctx, 'run:read');
  const { id, currentVersion } = await requirePipeline(ctx, slug);
  const schedule = currentVersion === null ? null : await scheduleOf(ctx, (await getVersion(ctx, slug, currentVersion)).spec);
  if (!schedule) return { items: [] };
  let intervals: Interval[] = [];
  try {
    intervals = intervalsOf(range, schedule, ctx.now);
  } catch {
    return { items: [] };
  }
  return { items: store.intervalRuns(intervals, await store.newestRuns(prisma(), id, intervals[0]!.start, intervals.at(-1)!.start)) };
}
