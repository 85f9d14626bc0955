import { conflict, invalid, notFound } from '@/lib/core/errors';
import { didYouMean } from '@/lib/core/suggest';
import { isId } from '@/lib/core/ids';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { laneOrder } from '@/lib/dispatch/server';
import { type Lane, type PlannedTask } from '@/lib/pipeline';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { attemptRows } from './attempt-store';
import { createRun, makeRun, type RunRequest } from './create';
import { writeCursor } from './cursor';
import { selectRuns } from './list-store';
import { cutToPart } from './part';
import { compiledRun, compiledVersion } from './plan-cache';
import { ancestors, descendants, failedPart, passedOver, resetTasks, unfinishedCount } from './reset';
import { planReuse, type ReuseItem } from './reuse';
import type { AttemptView, ListRuns, MapGrid, RunSummary, RunView, TaskRunView, TriggerKind } from './schema';
import { settleLocked } from './settle';
import { endParts, openParts, partCells, resetParts, retireParts } from './map-store';
import { mapRows, redoOf, type Redo } from './map-reset';
import { endingOf, isFinalRun, isFinalTask, type TaskState } from './states';
import { countDown, endParkedAttempts, markTaskRow, reopenRun, requestCancel, rewriteTasks, restartAs } from './change-store';
import { countTasks, findRun, findRunWithTasks, findVersion, lockRun, neighbourRuns, taskRowOf, taskRows, type RunRow, type TaskRow } from './store';
import { runSummary, runView, taskView } from './views';
import { pacesOf } from './paces';
import { limitsOf } from './queue-store';
import { whyLimited, whyNotReady, whyQueued } from './why';

/** A run page shows this many tasks at once; more are read page by page. */
const TASKS_SHOWN = 1000;

async function need(ctx: Context, id: string): Promise<RunRow> {
  const run = isId(id) ? await findRun(id, ctx.workspaceId) : null;
  if (!run) throw notFound('run', id);
  return run;
}

/** locked reads a run under its lock, for a change. */
export async function locked(tx: Tx, ctx: Context, id: string): Promise<RunRow> {
  const run = isId(id) ? await lockRun(tx, id, ctx.workspaceId) : null;
  if (!run) throw notFound('run', id);
  return run;
}

/** lockedTask reads one task, or one of its mapped parts, for a change. */
export async function lockedTask(tx: Tx, id: string, taskId: string, mapIndex: number | undefined): Promise<TaskRow> {
  const row = await taskRowOf(id, taskId, mapIndex ?? null, tx);
  if (!row) throw notFound('task of this run', mapIndex === undefined ? taskId : `${taskId} [${mapIndex}]`);
  return row;
}

/** getRun reads a run with its first 1,000 tasks. */
export async function getRun(ctx: Context, id: string): Promise<RunView> {
  authorize(ctx, 'run:read');
  const { run, tasks } = await needWithTasks(ctx, id, false);
  return viewOf(ctx, run, tasks);
}

/** getEndedRun is getRun for a run that has ended; null while it goes on. */
export async function getEndedRun(ctx: Context, id: string): Promise<RunView | null> {
  authorize(ctx, 'run:read');
  const { run, tasks } = await needWithTasks(ctx, id, true);
  return isFinalRun(run.state) ? viewOf(ctx, run, tasks) : null;
}

/** createRunView is createRun for a caller who is shown the run, which is told from what was written. */
export async function createRunView(ctx: Context, request: RunRequest): Promise<RunView> {
  const { run, tasks } = await makeRun(ctx, request);
  return tasks ? viewOf(ctx, run, tasks.rows(TASKS_SHOWN), tasks.count) : getRun(ctx, run.id);
}

async function needWithTasks(ctx: Context, id: string, ended: boolean): Promise<{ run: RunRow; tasks: TaskRow[] }> {
  const found = isId(id) ? await findRunWithTasks(id, ctx.workspaceId, { limit: TASKS_SHOWN, ended }) : null;
  if (!found) throw notFound('run', id);
  return found;
}

/** @param tasks the first ones @param count how many there are, when it is known */
async function viewOf(ctx: Context, run: RunRow, tasks: TaskRow[], count?: number): Promise<RunView> {
  const shown = isFinalRun(run.state) ? tasks : await withReasons(run, tasks);
  const own = ownTasks(run, shown);
  const all = tasks.length < TASKS_SHOWN ? own.length : (count ?? (await countTasks(run.id))) - (run.part?.outside.length ?? 0);
  return runView(run, own, all, await pacesOf(ctx, run.id, own));
}

/** A run of some tasks shows those; the ones outside only hand their results over. */
const ownTasks = (run: RunRow, tasks: TaskRow[]): TaskRow[] => (run.part ? tasks.filter((task) => run.part!.taskIds.includes(task.task_id)) : tasks);

/** Every waiting task of a live run says why; its place in the queue is asked for by `why` alone. */
async function withReasons(run: RunRow, tasks: TaskRow[]): Promise<TaskRow[]> {
  const { plan } = await compiledRun(run);
  const pools = new Set(tasks.flatMap((t) => (t.state === 'ready' ? [t.pool ?? ''] : [])));
  const limits = pools.size === 0 ? [] : await limitsOf(run.workspace_id, run.pipeline_id, [...pools]);
  return tasks.map((t) => {
    if (t.reason !== null || !['pending', 'ready', 'up_for_retry', 'deferred'].includes(t.state)) return t;
    const upstream = (plan.tasks[t.ordinal]?.upstream ?? []).flatMap((o) => tasks[o] ?? []);
    return { ...t, reason: t.state === 'ready' ? (whyLimited(t, limits) ?? whyQueued) : whyNotReady(t, upstream) };
  });
}

/** listTasks pages through a run's tasks in plan order. @param cursor the ordinal of the last one seen */
export async function listTasks(ctx: Context, id: string, cursor: string | undefined, limit = TASKS_SHOWN): Promise<{ items: TaskRunView[]; nextCursor: string | null }> {
  authorize(ctx, 'run:read');
  const run = await need(ctx, id);
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) throw invalid('The cursor is not one that this list gave.', [{ path: 'cursor', message: 'Leave it out to begin at the start.', value: cursor }]);
  const rows = await taskRows(id, undefined, { after: Number(cursor ?? '-1'), limit: limit + 1 });
  const items = rows.slice(0, limit);
  const paces = await pacesOf(ctx, id, items);
  return { items: ownTasks(run, items).map((task) => taskView(task, paces.get(task.ordinal))), nextCursor: rows.length > limit ? String(items.at(-1)!.ordinal) : null };
}

/** findPart reads one part of a mapped task, or a task's own row. */
export async function findPart(ctx: Context, id: string, taskId: string, mapIndex?: number): Promise<TaskRunView> {
  const { task } = await findTask(ctx, id, taskId, mapIndex);
  return taskView(task, (await pacesOf(ctx, id, [task])).get(task.ordinal));
}

/** mapGrid gives every part of a mapped task with its state, for a grid. */
export async function mapGrid(ctx: Context, id: string, taskId: string): Promise<MapGrid> {
  await findTask(ctx, id, taskId);
  const items = await partCells(id, taskId);
  const counts: Record<string, number> = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  return { count: items.length, counts, items, nextCursor: null };
}

/** listRuns lists runs, newest first, by the filters of contract §3. */
export async function listRuns(ctx: Context, query: ListRuns): Promise<{ items: RunSummary[]; nextCursor: string | null }> {
  authorize(ctx, 'run:read');
  const rows = await selectRuns(ctx.workspaceId, query);
  const items = rows.slice(0, query.limit);
  return { items: items.map(runSummary), nextCursor: rows.length > query.limit ? writeCursor({ at: items.at(-1)!.created_at, id: items.at(-1)!.id }) : null };
}

/** findVisibleRun gives a run's row to its readers. @throws AppError not_found */
export async function findVisibleRun(ctx: Context, id: string): Promise<RunRow> {
  authorize(ctx, 'run:read');
  return need(ctx, id);
}

/** getRunState reads only a run's state. @throws AppError not_found */
export async function getRunState(ctx: Context, id: string): Promise<RunRow['state']> {
  authorize(ctx, 'run:read');
  return (await need(ctx, id)).state;
}

/** getRunSpec gives the spec that a run executes (its version's, or the tried draft). */
export async function getRunSpec(ctx: Context, id: string) {
  authorize(ctx, 'run:read');
  const run = await need(ctx, id);
  const { spec } = await compiledRun(run);
  return run.part ? cutToPart(spec, { ...run.part, outside: [] }) : spec;
}

/** findTask gives one task's row, for readers of its log and output. */
export async function findTask(ctx: Context, id: string, taskId: string, mapIndex?: number): Promise<{ run: RunRow; task: TaskRow }> {
  authorize(ctx, 'run:read');
  const run = await need(ctx, id);
  const task = await taskRowOf(id, taskId, mapIndex !== undefined && mapIndex >= 0 ? mapIndex : null);
  if (!task) throw notFound('task of this run', mapIndex === undefined || mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`);
  return { run, task };
}

/** listAttempts gives a task's attempts, oldest first. */
export async function listAttempts(ctx: Context, id: string, taskId: string, mapIndex?: number): Promise<{ items: AttemptView[] }> {
  const { task } = await findTask(ctx, id, taskId, mapIndex);
  return { items: await attemptRows(task.run_id, task.ordinal) };
}

/** cancelRun stops a run: what waits ends now, what runs is killed by its worker. Cancelling an ended run changes nothing. */
export async function cancelRun(ctx: Context, id: string): Promise<RunView> {
  authorize(ctx, 'run:write');
  await inTransaction((tx) => cancelRunIn(tx, ctx, id, `Stopped by ${ctx.actor.name}.`));
  announceCancel(id);
  return getRun(ctx, id);
}

/** cancelRunIn is cancelRun in the caller's transaction; after the commit it tells with announceCancel. @param why shown at each task */
export async function cancelRunIn(tx: Tx, ctx: Context, id: string, why: string): Promise<void> {
  const run = await locked(tx, ctx, id);
  if (isFinalRun(run.state) || run.cancel_requested) return;
  const ended = await requestCancel(tx, id, { code: 'cancelled', text: why });
  await countDown(tx, id, ended);
  await audit(tx, ctx, { verb: 'run.cancel', target: 'run', targetId: id, before: { state: run.state }, after: { cancelRequested: true } });
}

/** announceCancel tells workers and pages that a run is being stopped. */
export function announceCancel(id: string): void {
  notify({ topic: 'cancel', id });
  notify({ topic: 'run', id });
}

export type RerunRequest = { from: 'start' | 'failed'; taskIds?: string[]; version?: number };

/** rerunPlan says which tasks a rerun would run and which results it would keep, and why. */
export async function rerunPlan(ctx: Context, id: string, request: RerunRequest): Promise<{ items: ReuseItem[] }> {
  authorize(ctx, 'run:read');
  const run = await need(ctx, id);
  const { plan, spec } = await compiledRun(run);
  const rows = await taskRows(id);
  if (request.version !== undefined && request.version !== run.version_number) {
    const newer = await needVersion(ctx, run, request.version);
    return { items: planReuse(spec, newer.spec, newer.plan, rows).items };
  }
  const chosen = chosenTasks(request, plan.tasks, rows);
  return {
    items: rows.map((r) => ({
      taskId: r.task_id,
      action: chosen.has(r.ordinal) ? 'run' : 'reuse',
      reason: chosen.has(r.ordinal) ? whyAgain(request, r) : 'Its result is kept.',
    })),
  };
}

const whyAgain = (request: RerunRequest, row: TaskRow): string =>
  request.taskIds?.includes(row.task_id)
    ? 'Chosen.'
    : ['failed', 'upstream_failed', 'cancelled'].includes(row.state)
      ? `It ended ${row.state === 'upstream_failed' ? 'because an upstream failed' : row.state}.`
      : request.from === 'start' && !request.taskIds
        ? 'Everything starts over.'
        : 'It depends on a task that runs again.';

function chosenTasks(request: RerunRequest, tasks: Parameters<typeof descendants>[0], rows: TaskRow[]): Set<number> {
  if (request.taskIds) return descendants(tasks, request.taskIds.map((taskId, at) => chosenTask(rows, taskId, at).ordinal));
  return request.from === 'start' ? new Set(rows.map((r) => r.ordinal)) : failedPart(tasks, rows.map((r) => r.state));
}

function chosenTask(rows: TaskRow[], taskId: string, at: number): TaskRow {
  const row = rows.find((r) => r.task_id === taskId);
  if (row) return row;
  const message = `There is no task "${taskId}" in this run.${didYouMean(taskId, rows.map((r) => r.task_id))}`;
  throw invalid(message, [{ path: `taskIds[${at}]`, message, value: taskId }]);
}

async function needVersion(ctx: Context, run: RunRow, number: number) {
  const version = await findVersion(ctx.workspaceId, run.pipeline_id, number);
  if (!version) throw notFound(`version ${number} of pipeline`, run.pipeline_slug);
  return compiledVersion(version);
}

/**
 * rerunRun runs a run again under the same id with new attempts: everything, the failed part, or chosen tasks with what depends
 * on them. Another version makes a child run that takes over what did not change.
 * @throws AppError conflict while the run is still going
 */
export async function rerunRun(ctx: Context, id: string, request: RerunRequest): Promise<RunView> {
  authorize(ctx, 'run:write');
  const run = await need(ctx, id);
  if (request.version !== undefined && request.version !== run.version_number) return rerunOnVersion(ctx, run, request.version);
  await inTransaction((tx) => rerunIn(tx, ctx, id, request));
  announce(id);
  return getRun(ctx, id);
}

/**
 * rerunIn is rerunRun on the run's own version in the caller's transaction; after the commit it tells with announceRun.
 * @param as what starts it from now on, and the lane in which its tasks wait; default as before
 * @throws AppError conflict while the run is still going, or when nothing in it failed
 */
export async function rerunIn(tx: Tx, ctx: Context, id: string, request: RerunRequest, as?: { lane: Lane; trigger: { kind: TriggerKind; id: string } }): Promise<void> {
  const run = await locked(tx, ctx, id);
  if (!isFinalRun(run.state)) throw conflict('This run is still going. Stop it first, or wait until it has ended.');
  const { plan } = await compiledRun(run);
  const rows = await taskRows(id, tx);
  const chosen = chosenTasks(request, plan.tasks, rows);
  if (chosen.size === 0) throw conflict('Nothing in this run failed, so there is nothing to rerun from. Rerun it from the start instead.');
  if (as) await restartAs(tx, id, { ...as, order: laneOrder(as.lane) });
  await startOver(tx, run, rows, chosen, { onlyFailed: request.from === 'failed' && !request.taskIds });
  await audit(tx, ctx, { verb: 'run.rerun', target: 'run', targetId: id, before: { state: run.state }, after: { from: request.from, tasks: chosen.size } });
}

async function rerunOnVersion(ctx: Context, run: RunRow, number: number): Promise<RunView> {
  const newer = await needVersion(ctx, run, number);
  const { spec } = await compiledRun(run);
  const { restore } = planReuse(spec, newer.spec, newer.plan, await taskRows(run.id));
  const child = await createRun(ctx, {
    pipelineSlug: run.pipeline_slug,
    version: number,
    params: run.params,
    logicalDate: run.logical_date,
    interval: run.interval_start && run.interval_end ? { start: run.interval_start, end: run.interval_end } : null,
    trigger: { kind: 'rerun', id: run.id },
    parent: { runId: run.id, ordinal: null },
    restore,
  });
  return getRun(ctx, child.id);
}

/** startOver clears tasks of a run: new attempts, old ones keep their logs and results. A mapped task makes its list anew, or only some parts start over. */
async function startOver(tx: Tx, run: RunRow, rows: TaskRow[], chosen: Set<number>, wish: { onlyFailed: boolean; part?: { ordinal: number; mapIndex: number } }): Promise<void> {
  const { plan } = await compiledRun(run);
  const states = rows.map((r): TaskState => r.state);
  const spread = await spreadOf(tx, run.id, rows);
  const redo = redoOf(plan.tasks, states, spread, chosen, wish);
  const busy = [...redo].flatMap(([ordinal, how]) => (how === 'list' && (spread.get(ordinal)?.running ?? 0) > 0 ? [rows[ordinal]!.task_id] : []))[0];
  if (busy !== undefined) throw conflict(`Parts of "${busy}" are running. Stop the run or mark the task first, then clear it.`);
  await endParkedAttempts(tx, run.id, [...chosen]);
  await retireParts(tx, run.id, [...redo].flatMap(([ordinal, how]) => (how === 'list' ? [rows[ordinal]!.task_id] : [])));
  for (const [ordinal, how] of redo) {
    if (how === 'list') continue;
    await resetParts(tx, run.id, rows[ordinal]!.task_id, how, plan.tasks[ordinal]!.map?.maxParallel ? 'pending' : 'ready');
  }
  await rewrite(tx, run, plan.tasks, states, chosen, redo);
}

/** Mapped tasks of a run that have their list, with their open parts, by ordinal. */
async function spreadOf(tx: Tx, runId: string, rows: TaskRow[]): Promise<Map<number, { open: number; running: number }>> {
  const mapped = rows.filter((row) => row.map_count !== null);
  const open = mapped.length > 0 ? await openParts(tx, runId) : new Map<string, { open: number; running: number }>();
  return new Map(mapped.map((row) => [row.ordinal, open.get(row.task_id) ?? { open: 0, running: 0 }]));
}

/** Writes every row of a run's plan anew after parts were reset, and lets the run go on. */
async function rewrite(tx: Tx, run: RunRow, tasks: PlannedTask[], states: TaskState[], chosen: Set<number>, redo: Map<number, Redo>): Promise<void> {
  const rows = await taskRows(run.id, tx);
  const spread = await spreadOf(tx, run.id, rows);
  const judged = new Set([...spread.keys()].filter((ordinal) => redo.get(ordinal) !== 'list'));
  const after = mapRows(tasks, resetTasks(tasks, states, chosen, judged), spread, redo);
  await rewriteTasks(tx, run.id, after);
  const open = [...spread].reduce((sum, [ordinal, parts]) => sum + (redo.get(ordinal) === 'list' ? 0 : parts.open), 0);
  await reopenRun(tx, run.id, unfinishedCount(after) + open);
  await settleLocked(tx, { ...run, state: 'running', cancel_requested: false });
}

export type ClearRequest = { upstream?: boolean; downstream?: boolean; onlyFailed?: boolean; past?: boolean; future?: boolean; mapIndex?: number };

/**
 * clearTask starts a task over (Airflow's scopes): with its upstream or downstream, only what failed, and the same task in
 * earlier or later runs of the pipeline. Works on ended runs and on tasks of a live run that are not running.
 */
export async function clearTask(ctx: Context, id: string, taskId: string, request: ClearRequest): Promise<RunView> {
  authorize(ctx, 'run:write');
  const run = await need(ctx, id);
  const runs = [id, ...(await neighbourRuns(run, { past: request.past ?? false, future: request.future ?? false }))];
  for (const runId of runs) {
    await inTransaction(async (tx) => {
      const now = await locked(tx, ctx, runId);
      const { plan } = await compiledRun(now);
      const rows = await taskRows(runId, tx);
      const row = rows.find((r) => r.task_id === taskId);
      if (!row && runId === id) throw notFound('task of this run', taskId);
      if (!row) return;
      const part = request.mapIndex === undefined ? null : runId === id ? await lockedTask(tx, runId, taskId, request.mapIndex) : await taskRowOf(runId, taskId, request.mapIndex, tx);
      if (part === null && request.mapIndex !== undefined) return;
      if (part?.state === 'running') throw conflict(`Part [${part.map_index}] of "${taskId}" is running. Stop the run or mark it first, then clear it.`);
      const scope = new Set([row.ordinal]);
      if (request.upstream) ancestors(plan.tasks, [row.ordinal]).forEach((o) => scope.add(o));
      if (request.downstream) descendants(plan.tasks, [row.ordinal]).forEach((o) => scope.add(o));
      if (part && request.onlyFailed && !['f', 'u'].includes(endingOf(part.state) ?? '')) return;
      const chosen = new Set([...scope].filter((o) => !request.onlyFailed || (part !== null && o === row.ordinal) || ['f', 'u'].includes(endingOf(rows[o]!.state) ?? '')));
      const busy = [...chosen].map((o) => rows[o]!).find((r) => r.state === 'running');
      if (busy) throw conflict(`Task "${busy.task_id}" is running. Stop the run or mark the task first, then clear it.`);
      if (chosen.size === 0) return;
      await startOver(tx, now, rows, chosen, { onlyFailed: request.onlyFailed ?? false, ...(part ? { part: { ordinal: row.ordinal, mapIndex: part.map_index } } : {}) });
      await audit(tx, ctx, { verb: 'task.clear', target: 'run', targetId: runId, before: { task: taskId, state: row.state }, after: { ...request, tasks: chosen.size } });
    });
    announce(runId);
  }
  return getRun(ctx, id);
}

/**
 * markTask gives a task the state a person vouches for, with a reason; a running attempt is stopped. Tasks behind it that were
 * passed over because of its old state are judged again.
 */
export async function markTask(
  ctx: Context,
  id: string,
  taskId: string,
  request: { state: 'succeeded' | 'failed' | 'skipped'; reason: string; mapIndex?: number },
): Promise<RunView> {
  authorize(ctx, 'run:write');
  await inTransaction(async (tx) => {
    const run = await locked(tx, ctx, id);
    const { plan } = await compiledRun(run);
    const row = await lockedTask(tx, id, taskId, request.mapIndex);
    const own = plan.tasks.find((each) => each.taskId === taskId)!.ordinal;
    if (row.state === request.state) throw invalid(`Task "${taskId}" is ${request.state} already.`);
    if (row.map_count !== null) await endParts(tx, id, taskId, `${ctx.actor.name} marked the task ${request.state}.`);
    await markTaskRow(tx, id, row.ordinal, request.state, { state: request.state, reason: request.reason, by: ctx.actor.name, at: ctx.now.toISOString(), was: row.state });
    const rows = await taskRows(id, tx);
    const behind = descendants(plan.tasks, [own]);
    behind.delete(own);
    const states = rows.map((r): TaskState => r.state);
    const chosen = passedOver(states, behind);
    // a part has another end now, so the end of its task is judged anew
    const anew = row.map_index >= 0 && isFinalTask(states[own]!);
    if (anew) chosen.add(own);
    await rewrite(tx, run, plan.tasks, states, chosen, new Map<number, Redo>(anew ? [[own, []]] : []));
    await audit(tx, ctx, { verb: 'task.mark', target: 'run', targetId: id, before: { task: taskId, state: row.state }, after: { task: taskId, ...(request.mapIndex === undefined ? {} : { mapIndex: request.mapIndex }), state: request.state, reason: request.reason } });
  });
  announce(id);
  notify({ topic: 'cancel', id });
  return getRun(ctx, id);
}

function announce(runId: string): void {
  notify({ topic: 'work' });
  notify({ topic: 'run', id: runId });
}
