import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { joinSentences } from '@/lib/core/sentences';
import { type Tx } from '@/lib/db/transaction';
import { announceVersion, placeFiles, recordChecks, settleVersion, stageVersion, withdrawFiles, writeOf, type PlacedFiles, type Settled } from '@/lib/datasets/server';
import { type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { type AttemptResult } from '@/lib/executor/server';
import { type Spec } from '@/lib/pipeline';
import { decideEnd, finishWith, noteMemo, onLostOf, stagedVersion, taskStates, type AttemptWork, type Memo, type RunFacts } from '@/lib/runs/server';
import type { Checked } from './check-output';
import type { StopReason } from './live-attempt';

/** The result of an attempt that is over. */
export type EndedResult = Omit<AttemptResult, 'outcome' | 'wait'> & { outcome: Exclude<AttemptResult['outcome'], 'waiting'> };

type Ended = { claimed: ClaimedTask; work: AttemptWork; run: RunFacts; spec: Spec; result: EndedResult; checked: Checked; stopped: StopReason | null; memo: Memo | null; now: Date; /** id of the dataset version that the attempt may write */ versionId: string };

/** endItem turns an attempt's result into what the finish statement takes, by the retry policy. */
export function endItem({ claimed, work, result, stopped, now }: Pick<Ended, 'claimed' | 'work' | 'result' | 'stopped' | 'now'>): FinishItem {
  const outcome = stopped === 'shutdown' ? 'lost' : stopped === 'cancelled' ? 'cancelled' : result.outcome;
  const end = decideEnd(
    { outcome, ...(result.error ? { error: result.error } : {}), ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }) },
    { ...(work.task.retry ? { retry: work.task.retry } : {}), onLost: onLostOf(work.task), retries: claimed.retries, lostCount: claimed.lost_count },
    now,
    Math.random(),
  );
  const error: AttemptResult['error'] = stopped === 'shutdown' ? { code: 'lost', message: 'The worker was stopped while this attempt ran.' } : result.error;
  const waits = end.task === 'retry' && end.notBefore !== null;
  return {
    run: claimed.run_id,
    ordinal: claimed.ordinal,
    fence: claimed.attempt,
    task: end.task,
    attempt: outcome,
    not_before: end.notBefore?.toISOString() ?? null,
    spends: end.spendsRetry,
    lost: end.lost,
    exit_code: result.exitCode ?? null,
    ...(result.output === undefined ? {} : { output: result.output }),
    ...(result.table ? { table_output: result.table } : {}),
    ...(error ? { error: error } : {}),
    ...(result.resolved === undefined ? {} : { resolved: result.resolved }),
    ...(result.timings ? { timings: result.timings } : {}),
    ...(waits
      ? { reason: { code: 'retry_delay', text: `Tries again at ${end.notBefore!.toISOString()}: ${error?.message ?? 'it failed'}` } }
      : error && end.task !== 'retry'
        ? { reason: { code: error.code, text: joinSentences(error.message, error.hint) } }
        : {}),
  };
}

/**
 * conclude records an attempt's end. A written dataset version is staged in the same transaction and becomes good at once, or when
 * the last directly following check task has passed; a check that blocks fails the task and quarantines the version (semantics §7).
 * @returns the item still to be recorded by the claimer's next round trip, or null when it is recorded already
 */
export async function conclude(ended: Ended): Promise<FinishItem | null> {
  const { work, run, checked } = ended;
  const item = endItem({ ...ended, result: afterChecks(ended.result, checked) });
  const isTry = run.trigger_kind === 'try';
  const write = !isTry && work.mapIndex < 0 && ended.result.outcome === 'succeeded' && ended.result.table ? writeOf(work.task) : null;
  const guards = !isTry && work.task.kind === 'check' && (item.task === 'succeeded' || item.task === 'failed');
  const outcomes = [...checked.outcomes, ...(ended.result.checks ?? [])];
  const memo = item.task === 'succeeded' ? ended.memo : null;
  if (!write && !guards && outcomes.length === 0 && !memo) return item;
  const settled: Settled[] = [];
  const note = (s: Settled | null) => s && settled.push(s);
  const placed = write && (await placeFiles(work.workspaceId, write.dataset, ended.result.table!, ended.versionId));
  const withdraw = async () => placed && (await withdrawFiles(work.workspaceId, placed).catch((error: unknown) => log.warn({ err: error, version: placed.versionId }, 'files of a version that was not recorded stay in the store')));
  const counted = await finishWith(item, async (tx) => {
    const versionId = write && placed ? await stage(tx, ended, write, placed, note) : null;
    for (const { stands, outcome } of outcomes) {
      await recordChecks(tx, { workspaceId: work.workspaceId, runId: work.runId, taskId: work.taskId, attempt: work.attempt, datasetVersionId: versionId, stands }, [outcome], ended.now);
    }
    if (memo) await noteMemo(tx, work, memo);
    if (guards) await settleGuarded(tx, ended, item.task === 'succeeded', note);
  }).catch(async (error: unknown) => {
    // an outage's error says nothing of what was committed; the same files are placed again then
    if (error instanceof AppError) await withdraw();
    throw error;
  });
  if (!counted) await withdraw();
  for (const version of settled) announceVersion(work.workspaceId, version);
  return null;
}

/** A table that a check holds back fails the attempt that made it. */
function afterChecks(result: EndedResult, { blocked }: Checked): EndedResult {
  if (blocked === null) return result;
  const error = { code: 'check_failed', message: blocked, hint: 'Look at the rows that are wrong, correct the data or the check, then run again from here.' };
  return { ...result, outcome: 'failed', error };
}

async function stage(tx: Tx, { work, run, spec, result, checked, now }: Ended, write: NonNullable<ReturnType<typeof writeOf>>, placed: PlacedFiles, note: (s: Settled | null) => unknown): Promise<string> {
  const staged = await stageVersion(tx, {
    workspaceId: work.workspaceId,
    ...write,
    table: result.table!,
    placed,
    runId: work.runId,
    taskId: work.taskId,
    attempt: work.attempt,
    pipelineSlug: work.pipelineSlug,
    interval: run.interval_start && run.interval_end ? { start: run.interval_start, end: run.interval_end } : null,
    now,
  });
  if (checked.blocked !== null) note(await settleVersion(tx, work.workspaceId, staged.versionId, { state: 'quarantined', reason: checked.blocked }, now));
  else if (checksAfter(spec, work.taskId).length === 0) note(await settleVersion(tx, work.workspaceId, staged.versionId, { state: 'good' }, now));
  return staged.versionId;
}

/** Check tasks that stand directly behind a task. */
const checksAfter = (spec: Spec, taskId: string): string[] =>
  spec.edges.filter((e) => e.from === taskId && spec.tasks.some((t) => t.id === e.to && t.kind === 'check')).map((e) => e.to);

/** A check task's end settles the versions staged by the writers directly before it. */
async function settleGuarded(tx: Tx, { work, spec, result, now }: Ended, passed: boolean, note: (s: Settled | null) => unknown): Promise<void> {
  const writers = spec.edges.filter((e) => e.to === work.taskId && spec.tasks.some((t) => t.id === e.from && t.writes !== undefined));
  for (const { from } of writers) {
    const versionId = await stagedVersion(tx, work.runId, from);
    if (!versionId) continue;
    if (!passed) {
      const reason = result.error?.message ?? `Check "${work.taskId}" did not pass.`;
      note(await settleVersion(tx, work.workspaceId, versionId, { state: 'quarantined', reason }, now));
      continue;
    }
    const states = await taskStates(tx, work.runId, checksAfter(spec, from));
    if (states.every((s) => s === 'succeeded' || s === 'skipped')) note(await settleVersion(tx, work.workspaceId, versionId, { state: 'good' }, now));
  }
}
