import { type Context } from '@/lib/tenancy/server';
import { auditWithin, authorize, type Change } from '@/lib/tenancy/server';
import { conflict, invalid, notFound } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { type Json, type JsonObject } from '@/lib/core/json';
import { noticeWithin, notify, type Notice } from '@/lib/db/notify';
import { inSqlTransaction, sql, type Sql } from '@/lib/db/sql';
import { holdsOn, pinReads, readNames, type Hold } from '@/lib/datasets/server';
import { gateOf, isInline, laneOrder } from '@/lib/dispatch/server';
import { type Lane, type Plan, type Spec } from '@/lib/pipeline';
import { refuseWhenDiskFull } from './disk';
import { judgeRule } from './trigger-rules';
import type { RunPart } from './part';
import { waitsForPast } from './past';
import { compiledVersion } from './plan-cache';
import { resolveParams } from './resolve-params';
import { holdForRunLimit } from './run-limit';
import type { Reason, TriggerKind } from './schema';
import { settleLocked } from './settle';
import { nestingDepth } from './subruns';
import type { TaskState } from './states';
import { AUDIT_PARAMETER, findRunnable, insertRun, type FirstTasks, type Runnable } from './insert-store';
import { tellTasks, type NewTask, type NewTasks } from './new-tasks';
import { findRun, type RunRow } from './store';

/** What a run is made of, whoever asks for it. */
export type RunRequest = {
  pipelineSlug: string;
  params?: JsonObject;
  version?: number;
  logicalDate?: Date | null;
  interval?: { start: Date; end: Date } | null;
  lane?: Lane;
  note?: string;
  trigger?: { kind: TriggerKind; id?: string };
  /** the run this one belongs to; with `deepest`, how many may stand above it */
  parent?: { runId: string; ordinal: number | null; deepest?: number };
  /** results of an earlier run that need not be computed again, by task id */
  restore?: Map<string, Restored>;
  /** when the interval after the run's own ends: from then on its latestOnly tasks are skipped */
  latestUntil?: Date | null;
  /** only these tasks; of those outside, what they need comes with `restore` */
  part?: RunPart;
  /** the pipeline with its newest version, when it was read for this call already */
  runnable?: Runnable;
};

/** A run that was made: its row, and its tasks when they are as they were written; null when they must be read. */
export type MadeRun = { run: RunRow; tasks: FirstTasks | null };

/** A result taken over from another run. */
export type Restored = { output: Json; tableOutput: Json; from: Json; fingerprint: string | null };

/** Lanes by what starts a run, when nobody asks for one (contract §2). */
const LANE_OF: Partial<Record<TriggerKind, Lane>> = { manual: 'interactive', try: 'interactive', rerun: 'interactive', backfill: 'backfill' };

/** requireRunnable gives a pipeline with its newest version. @throws AppError not_found */
export async function requireRunnable(ctx: Context, slug: string): Promise<Runnable> {
  authorize(ctx, 'pipeline:read');
  const pipeline = await findRunnable(ctx.workspaceId, slug, null);
  if (!pipeline) throw notFound('pipeline', slug);
  return pipeline;
}

/**
 * createRun makes a run of a published version and queues what can start.
 * @throws AppError not_found (pipeline, version), conflict (archived, nothing published), invalid (params), unavailable (disk nearly full)
 */
export async function createRun(ctx: Context, request: RunRequest): Promise<RunRow> {
  return (await makeRun(ctx, request)).run;
}

/** makeRun is createRun for a caller who is shown the run's tasks. */
export async function makeRun(ctx: Context, request: RunRequest): Promise<MadeRun> {
  const { id, alone, insert } = await planRun(ctx, request);
  const notice = alone ? noticeWithin(noticesOf(id)) : null;
  const made = alone ? await insert(sql(), notice) : await inSqlTransaction(insert);
  if (notice === null) announceRun(id);
  return made;
}

/**
 * prepareRun is createRun for a caller who writes more in the same transaction: it refuses what createRun refuses, and gives what
 * inserts the run. The caller announces it with announceRun after the commit.
 * @throws AppError as createRun
 */
export async function prepareRun(ctx: Context, request: RunRequest): Promise<(tx: Sql) => Promise<RunRow>> {
  const { insert } = await planRun(ctx, request);
  return async (tx) => (await insert(tx)).run;
}

/** What inserts a run; `alone`: by one statement, which needs no transaction around it. */
type Planned = { id: string; alone: boolean; insert: (on: Sql, notice?: string | null) => Promise<MadeRun> };

async function planRun(ctx: Context, request: RunRequest): Promise<Planned> {
  authorize(ctx, 'run:write');
  await refuseWhenDiskFull();
  if (request.parent?.deepest !== undefined && (await nestingDepth(request.parent.runId)) >= request.parent.deepest) {
    throw invalid(`Pipelines call each other more than ${request.parent.deepest} deep here. Look for a pipeline that calls itself.`);
  }
  const known = request.version === undefined ? request.runnable : undefined;
  const pipeline = known ?? (await findRunnable(ctx.workspaceId, request.pipelineSlug, request.version ?? null));
  if (!pipeline) throw notFound('pipeline', request.pipelineSlug);
  if (pipeline.archived) throw conflict(`Pipeline "${pipeline.slug}" is archived. Restore it in its settings, then run it.`);
  const { number, versionId } = pipeline;
  if (number === null) throw conflict(`Pipeline "${pipeline.slug}" has no published version yet. Publish it, then run it.`);
  if (!versionId) throw notFound(`version ${number} of pipeline`, pipeline.slug);
  const { spec, plan } = await compiledVersion(versionId, request.part);
  const { values, issues } = resolveParams(spec.params, request.params ?? {});
  if (issues.length > 0) throw invalid(issues.map((i) => i.message).join(' '), issues);

  const id = newId();
  const trigger = request.trigger ?? { kind: 'manual' };
  const lane = request.lane ?? LANE_OF[trigger.kind] ?? spec.settings.lane ?? 'production';
  const start = request.interval?.start ?? null;
  const reads = readNames(spec);
  const tasks = request.restore ? tellTasks(newTasks(plan, request.restore, new Map())) : firstTasks(plan);
  const insert: Planned['insert'] = async (on, notice = null) => {
    const pinnedReads = await pinReads(on, ctx.workspaceId, spec, request.interval ?? null);
    const hold =
      heldByCheck(await holdsOn(on, ctx.workspaceId, reads)) ??
      (await waitsForPast(on, spec, pipeline.id, start)) ??
      (pipeline.maxActiveRuns === null ? null : await holdForRunLimit(on, pipeline.id));
    return insertAndSettle(
      on,
      ctx,
      {
        id,
        pipeline,
        version: { id: versionId, number },
        tryOf: null,
        trigger,
        lane,
        params: values,
        request,
        pinnedReads,
        notifies: (spec.settings.notify ?? []).length > 0 || spec.settings.pauseOnFailure === true,
        tasks: holdBack(tasks, hold),
      },
      { verb: 'run.create', target: 'run', targetId: id, after: { pipeline: pipeline.slug, version: number, params: values, trigger: trigger.kind } },
      notice,
    );
  };
  const asks = reads.length > 0 || (spec.settings.dependsOnPast === true && start !== null) || pipeline.maxActiveRuns !== null;
  return { id, alone: !asks && !mustSettle(tasks.all), insert };
}

/** What a try runs: the spec cut down to one task and what it needs, with results that can be taken over. */
export type TryPlan = {
  pipeline: { id: string; slug: string };
  spec: Spec;
  plan: Plan;
  options: JsonObject;
  params: JsonObject;
  restore: Map<string, Restored>;
  fingerprints: Map<string, string>;
};

/** insertTry queues a try: a run like any other, of a draft, that publishes nothing and writes no dataset. */
export async function insertTry(ctx: Context, t: TryPlan): Promise<RunRow> {
  const id = newId();
  return inSqlTransaction(async (tx) => {
    const pinnedReads = await pinReads(tx, ctx.workspaceId, t.spec, null);
    const { run } = await insertAndSettle(
      tx,
      ctx,
      {
        id,
        pipeline: t.pipeline,
        version: null,
        tryOf: { spec: t.spec as unknown as Json, options: t.options },
        trigger: { kind: 'try' },
        lane: 'interactive',
        params: t.params,
        request: { pipelineSlug: t.pipeline.slug },
        pinnedReads,
        notifies: false,
        tasks: tellTasks(newTasks(t.plan, t.restore, t.fingerprints)),
      },
      { verb: 'run.try', target: 'run', targetId: id, after: { pipeline: t.pipeline.slug, ...t.options } },
    );
    return run;
  }).finally(() => announceRun(id));
}

type Insert = {
  id: string;
  pipeline: { id: string; slug: string };
  version: { id: string; number: number } | null;
  tryOf: { spec: Json; options: JsonObject } | null;
  trigger: { kind: TriggerKind; id?: string };
  lane: Lane;
  params: JsonObject;
  request: RunRequest;
  pinnedReads: JsonObject;
  notifies: boolean;
  tasks: NewTasks;
};

async function insertAndSettle(on: Sql, ctx: Context, run: Insert, change: Change, notice: string | null = null): Promise<MadeRun> {
  const { request } = run;
  const made = await insertRun(
    on,
    {
      id: run.id,
      workspaceId: ctx.workspaceId,
      pipelineId: run.pipeline.id,
      pipelineSlug: run.pipeline.slug,
      versionId: run.version?.id ?? null,
      versionNumber: run.version?.number ?? null,
      trySpec: run.tryOf?.spec ?? null,
      tryOptions: run.tryOf?.options ?? null,
      triggerKind: run.trigger.kind,
      triggerId: run.trigger.id ?? null,
      lane: run.lane,
      params: run.params,
      logicalDate: request.logicalDate ?? request.interval?.start ?? null,
      intervalStart: request.interval?.start ?? null,
      intervalEnd: request.interval?.end ?? null,
      latestUntil: request.latestUntil ?? null,
      part: request.part ?? null,
      dueAt: request.interval?.end ?? ctx.now,
      parentRunId: request.parent?.runId ?? null,
      parentOrdinal: request.parent?.ordinal ?? null,
      note: request.note ?? null,
      createdBy: ctx.actor.name,
      createdById: ctx.actor.id,
      createdAt: ctx.now,
      pinnedReads: run.pinnedReads,
      unfinished: run.tasks.all.filter((t) => t.state !== 'restored').length,
      notifies: run.notifies,
    },
    laneOrder(run.lane),
    run.tasks,
    auditWithin(ctx, change, AUDIT_PARAMETER),
    notice,
  );
  // the database keeps JSON in an order of its own
  if (!mustSettle(run.tasks.all)) return run.tasks.all.some((t) => t.reason || t.state === 'restored') ? { ...made, tasks: null } : made;
  await settleLocked(on, made.run);
  return { run: (await findRun(run.id, ctx.workspaceId, on))!, tasks: null };
}

/** Tasks of which some are skipped at once, or none is left to run: settling goes on from there. */
const mustSettle = (tasks: NewTask[]): boolean => tasks.some((t) => t.undecided) || tasks.every((t) => t.state === 'restored');

/** newTasks gives every planned task its first state: restored, ready when nothing is in its way, else pending. */
function newTasks(plan: Plan, restore: Map<string, Restored>, fingerprints: Map<string, string>): NewTask[] {
  const isRestored = plan.tasks.map((t) => restore.has(t.taskId));
  return plan.tasks.map((task) => {
    const result = restore.get(task.taskId);
    const done = task.upstream.filter((up) => isRestored[up]).length;
    const counts = { p: task.upstream.length - done, s: done, f: 0, u: 0, k: 0 };
    const verdict = task.decides ? 'wait' : judgeRule(task.triggerRule, counts);
    const state: TaskState = result
      ? 'restored'
      : verdict === 'run' ? 'ready' : verdict === 'skip' ? 'skipped' : verdict === 'upstream_failed' ? 'upstream_failed' : 'pending';
    // the own row of a mapped task makes its list and judges its parts: it needs no pool and no tags
    const place = task.map ? { kind: 'map', pool: null, poolSlots: 1, workerTags: [], queueTimeoutSeconds: null } : task;
    return {
      ordinal: task.ordinal,
      task_id: task.taskId,
      kind: place.kind,
      inline: isInline(place),
      state: state === 'skipped' || state === 'upstream_failed' ? 'pending' : state,
      rule: task.triggerRule,
      // a rule that settles at once without running is left to settleLocked, which lets it flow on
      decides: task.decides,
      undecided: !result && (task.decides || state === 'skipped' || state === 'upstream_failed'),
      failure_allowed: task.failureAllowed,
      n_pending: counts.p,
      n_succeeded: counts.s,
      downstream: task.downstream,
      priority: task.priority,
      pool: place.pool,
      pool_slots: place.poolSlots,
      worker_tags: place.workerTags,
      gate: gateOf(place),
      queue_timeout_seconds: place.queueTimeoutSeconds,
      fingerprint: result?.fingerprint ?? fingerprints.get(task.taskId) ?? null,
      output: result?.output ?? null,
      table_output: result?.tableOutput ?? null,
      restored_from: result?.from ?? null,
      reason: null,
    };
  });
}

/** A run that needs a quarantined dataset waits until the sweeper finds it released. */
function heldByCheck([hold]: Hold[]): Reason | null {
  return hold ? { code: 'held_by_check', text: hold.text, details: { dataset: hold.dataset, version: hold.version } } : null;
}

/** holdBack lets a run wait: nothing of it starts until the reason is gone. */
function holdBack(tasks: NewTasks, reason: Reason | null): NewTasks {
  if (!reason) return tasks;
  return tellTasks(tasks.all.map((t) => (t.state === 'ready' ? { ...t, state: 'deferred' as const, reason } : t)));
}

const first = new WeakMap<Plan, NewTasks>();

/** The tasks of a run that takes nothing over are the same in every run of a plan. */
function firstTasks(plan: Plan): NewTasks {
  const known = first.get(plan) ?? tellTasks(newTasks(plan, new Map(), new Map()));
  first.set(plan, known);
  return known;
}

/** announceRun tells workers and pages of a new run. */
export function announceRun(runId: string): void {
  for (const notice of noticesOf(runId)) notify(notice, { urgent: true });
}

const noticesOf = (runId: string): Notice[] => [{ topic: 'run', id: runId }, { topic: 'work' }];
