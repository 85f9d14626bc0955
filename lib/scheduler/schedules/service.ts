import { AppError } from '@/lib/core/errors';
import { type Json } from '@/lib/core/json';
import { log } from '@/lib/core/log';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { getVersion, requirePipeline, writeEventTriggers } from '@/lib/pipeline/server';
import { announceCancel, announceRun, cancelRunIn, createRunView, prepareRun, type RunRequest, type RunView } from '@/lib/runs/server';
import { authorize, systemContext, type Context } from '@/lib/tenancy/server';
import { excludedBy } from '../calendars/store';
import { timetable, type Interval } from '../fires/timetable';
import { type ScheduleView } from '../schema';
import { decideFires, dueIntervals, nextInterval } from './decide';
import { followSchedules } from './follow';
import { intervalAt, jitterOf, policyOf, scheduleTriggers } from './schedule-of';
import * as store from './store';
import { scheduleWords } from './words';

/**
 * followVersions brings the schedule rows of pipelines in line with their current versions (event triggers too, of versions from before
 * publishing wrote them). Whoever publishes, and whatever was killed
 * meanwhile: a pipeline remembers which version its rows follow, so this finds what is left to do and may run anywhere, at any time.
 * @param workspaceId only of this workspace; null: of all
 */
export async function followVersions(now: Date, workspaceId: string | null = null): Promise<void> {
  for (const pipelineId of await store.unfollowedPipelines(workspaceId)) {
    await inTransaction(async (tx) => {
      const current = await store.lockUnfollowed(tx, pipelineId);
      if (!current) return;
      const triggers = scheduleTriggers({ triggers: current.triggers as never });
      const next = followSchedules(await store.schedulesBefore(tx, pipelineId), triggers);
      await writeEventTriggers(tx, { id: pipelineId, workspaceId: current.workspaceId, version: current.version }, current.triggers as never, now);
      await store.writeSchedules(tx, { id: pipelineId, workspaceId: current.workspaceId, version: current.version }, next, now);
    });
    notify({ topic: 'schedule', id: pipelineId });
  }
}

/**
 * fireDueSchedules makes the runs that are due, each exactly once: a schedule's row is locked, and the runs, what they stop and how far
 * the schedule has come commit together. Any number of schedulers may look at the same time.
 * @param shares only pipelines of these shares (lib/dispatch `partitionOf`); null: of all
 * @returns when to look again, and whether an interval waits for a run to end
 */
export async function fireDueSchedules(now: Date, shares: readonly number[] | null = null): Promise<{ at: Date | null; waits: boolean }> {
  if (shares?.length === 0) return { at: null, waits: false };
  await followVersions(now);
  for (const id of await store.dueSchedules(now, shares)) {
    await fire(id, now).catch((error: unknown) => log.warn({ err: error, schedule: id }, 'a schedule could not fire now; it is looked at again'));
  }
  return store.nextDueTime(shares);
}

async function fire(id: string, now: Date): Promise<void> {
  const done = await inTransaction((tx) => fireLocked(tx, id, now), 60_000);
  if (!done) return;
  done.stopped.forEach(announceCancel);
  done.made.forEach((run) => announceRun(run));
  notify({ topic: 'schedule', id: done.pipelineId });
}

async function fireLocked(tx: Tx, id: string, now: Date): Promise<{ made: string[]; stopped: string[]; pipelineId: string } | null> {
  const row = await store.lockSchedule(tx, id);
  if (!row) return null;
  const ctx = systemContext({ id: row.workspace_id, slug: row.workspace_slug, name: row.workspace_name }, now);
  const table = timetable(row.trigger, new Set(row.excluded));
  const policy = policyOf(row.trigger);
  const jitter = jitterOf(id, row.trigger);
  const due = row.waiting.length > 500 ? [] : dueIntervals(table, policy, row.covered_until, now, jitter);
  const active = await store.activeRuns(tx, id);
  const covered = await store.coveredStarts(tx, row.pipeline_id, due.map((interval) => interval.start));
  const fires = decideFires(table, policy, { coveredUntil: row.covered_until, waiting: row.waiting }, due, active.length, ({ start }) => covered.has(start.getTime()));
  const stopped = fires.cancelOthers ? active : [];
  for (const run of stopped) await cancelRunIn(tx, ctx, run, 'A newer run of the schedule came due.');
  const made: string[] = [];
  let refused: string | null = null;
  for (const interval of fires.make) {
    try {
      const insert = await prepareRun(ctx, {
        pipelineSlug: row.slug,
        version: row.version_number,
        logicalDate: interval.start,
        interval,
        latestUntil: table.next(interval.end),
        trigger: { kind: 'schedule', id },
      });
      made.push((await insert(tx)).id);
    } catch (error) {
      // what cannot be right at the next look either is passed over and said; a full disk is waited for
      if (!(error instanceof AppError) || error.code === 'unavailable') throw error;
      refused = error.message;
    }
  }
  const next = nextInterval(table, fires.after.coveredUntil, now);
  const newest = [...fires.make, ...fires.passedOver.map((each) => each.interval)].reduce<Interval | null>((a, b) => (a && a.start > b.start ? a : b), null);
  await store.recordLook(tx, id, {
    ...fires.after,
    lastInterval: newest?.start ?? null,
    nextDue: next && new Date(next.end.getTime() + jitter(next)),
    result: lastResult(refused, made.at(-1), fires.passedOver.at(-1)?.why, now),
    now,
  });
  return { made, stopped, pipelineId: row.pipeline_id };
}

function lastResult(refused: string | null, runId: string | undefined, passed: string | undefined, now: Date): Json {
  const at = now.toISOString();
  if (refused !== null) return { kind: 'refused', text: refused, at };
  if (runId !== undefined) return { kind: 'run', runId, text: 'A run was started.', at };
  return passed === undefined ? null : { kind: 'skipped', text: passed, at };
}

/**
 * startRun is createRun for a person or program: with a logicalDate at which an interval of the version's schedules starts, the run
 * covers that interval. A disabled schedule defines intervals too.
 * @throws AppError as createRun
 */
export async function startRun(ctx: Context, request: RunRequest): Promise<RunView> {
  const { logicalDate } = request;
  if (!logicalDate) return createRunView(ctx, request);
  const version = request.version ?? (await requirePipeline(ctx, request.pipelineSlug)).currentVersion;
  const spec = version === null ? null : (await getVersion(ctx, request.pipelineSlug, version)).spec;
  const found = spec && intervalAt(spec, logicalDate, await excludedBy(ctx.workspaceId, spec));
  return createRunView(ctx, { ...request, interval: found?.interval ?? null, latestUntil: found?.latestUntil ?? null });
}

/** listSchedules lists the schedules of a workspace's pipelines. @param query.pipeline only of this one (slug) */
export async function listSchedules(ctx: Context, query: { pipelines?: string[] } = {}): Promise<{ items: ScheduleView[] }> {
  authorize(ctx, 'pipeline:read');
  await followVersions(ctx.now, ctx.workspaceId);
  const rows = await store.listScheduleRows(ctx.workspaceId, query.pipelines ?? null);
  return { items: rows.map((row) => scheduleView(row, ctx.now)) };
}

function scheduleView(row: store.ListedSchedule, now: Date): ScheduleView {
  const { trigger } = row;
  const table = timetable(trigger, new Set(row.excluded));
  const next = nextInterval(table, row.covered_until !== null && row.covered_until > now ? row.covered_until : null, now);
  const on = row.enabled && !row.paused;
  return {
    id: row.id,
    pipeline: { slug: row.slug, name: row.name, paused: row.paused },
    version: row.version_number,
    words: scheduleWords(trigger),
    cron: trigger.cron ?? null,
    every: trigger.every ?? null,
    zone: trigger.zone ?? 'UTC',
    catchup: trigger.catchup ?? false,
    overlap: trigger.overlap ?? 'skip',
    calendar: trigger.calendar ?? null,
    enabled: row.enabled,
    next: on && next ? { start: next.start, end: next.end, due: new Date(next.end.getTime() + jitterOf(row.id, trigger)(next)) } : null,
    waiting: row.waiting.length,
    lastResult: row.last_result as ScheduleView['lastResult'],
    lastRun:
      row.run_id !== null && row.run_state !== null
        ? { id: row.run_id, state: row.run_state, interval: row.run_start && row.run_end ? { start: row.run_start, end: row.run_end } : null, startedAt: row.run_started }
        : null,
  };
}
