import { type Json } from '@/lib/core/json';
import { type Tx } from '@/lib/db/transaction';
import { announceVersion, settleVersion, stageVersion, writeOf, type Settled } from '@/lib/datasets/server';
import { type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { type AttemptResult } from '@/lib/executor/server';
import { type Spec } from '@/lib/pipeline';
import { decideEnd, finishWith, onLostOf, stagedVersion, taskStates, type AttemptWork, type RunRow } from '@/lib/runs/server';
import type { StopReason } from './live-attempt';

type Ended = { claimed: ClaimedTask; work: AttemptWork; run: RunRow; spec: Spec; result: AttemptResult; stopped: StopReason | null; now: Date };

/** endItem turns an attempt's result into what the finish statement takes, by the retry policy. */
export function endItem({ claimed, work, result, stopped, now }: Omit<Ended, 'run' | 'spec'>): FinishItem {
  const outcome = stopped === 'shutdown' ? 'lost' : stopped === 'cancelled' ? 'cancelled' : result.outcome;
  const end = decideEnd(
    { outcome, ...(result.error ? { error: result.error } : {}), ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }) },
    { ...(work.task.retry ? { retry: work.task.retry } : {}), onLost: onLostOf(work.task), retries: claimed.retries, lostCount: claimed.lost_count },
    now,
    Math.random(),
  );
  const error = stopped === 'shutdown' ? { code: 'lost', message: 'The worker was stopped while this attempt ran.' } : result.error;
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
    ...(result.table ? { table_output: result.table as unknown as Json } : {}),
    ...(error ? { error: error as unknown as Json } : {}),
    ...(result.resolved === undefined ? {} : { resolved: result.resolved }),
    ...(result.timings ? { timings: result.timings } : {}),
    ...(waits
      ? { reason: { code: 'retry_delay', text: `Tries again at ${end.notBefore!.toISOString()}: ${error?.message ?? 'it failed'}` } }
      : error && end.task !== 'retry'
        ? { reason: { code: error.code, text: error.message } }
        : {}),
  };
}

/**
 * conclude records an attempt's end. A written dataset version is staged in the same transaction, and becomes good at once or,
 * when check tasks follow directly, when the last of them has passed (semantics §7).
 * @returns the item still to be recorded by the claimer's next round trip, or null when it is recorded already
 */
export async function conclude(ended: Ended): Promise<FinishItem | null> {
  const item = endItem(ended);
  const { work, run, spec } = ended;
  if (run.trigger_kind === 'try') return item;
  const write = item.task === 'succeeded' && ended.result.table ? writeOf(work.task) : null;
  const guards = work.task.kind === 'check' && (item.task === 'succeeded' || item.task === 'failed');
  if (!write && !guards) return item;
  const settled: Settled[] = [];
  const note = (s: Settled | null) => s && settled.push(s);
  await finishWith(item, async (tx) => {
    if (write) {
      const staged = await stageVersion(tx, {
        workspaceId: work.workspaceId,
        ...write,
        table: ended.result.table!,
        runId: work.runId,
        taskId: work.taskId,
        attempt: work.attempt,
        pipelineSlug: work.pipelineSlug,
        interval: run.interval_start && run.interval_end ? { start: run.interval_start, end: run.interval_end } : null,
        now: ended.now,
      });
      if (checksAfter(spec, work.taskId).length === 0) note(await settleVersion(tx, work.workspaceId, staged.versionId, { state: 'good' }, ended.now));
    }
    if (guards) await settleGuarded(tx, ended, item.task === 'succeeded', note);
  });
  for (const version of settled) announceVersion(work.workspaceId, version);
  return null;
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
