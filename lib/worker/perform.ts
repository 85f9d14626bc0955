import { AppError, failureCode } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { faultPoint } from '@/lib/core/fault';
import { log } from '@/lib/core/log';
import { isOutage, outlast } from '@/lib/db/outage';
import { ENDS_AT_ONCE, type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { performAttempt, Pulse, type AttemptDeps, type AttemptResult } from '@/lib/executor/server';
import { logEnd, openAttemptLog } from '@/lib/observability/server';
import { attemptInput, parkTask, recordAttempt } from '@/lib/runs/server';
import { getVariables, resolveSecret } from '@/lib/tenancy/server';
import { AttemptPace } from './attempt-pace';
import { memoised } from './memo';
import { checkAttempt, type Checked } from './check-output';
import { conclude, endItem, type EndedResult } from './conclude';
import { performMap } from './map';
import type { LiveAttempt } from './live-attempt';
import type { JustParked } from './parked';
import type { RunWatch } from './run-watch';
import { subrunsOf } from './subruns';

/** knownEnd gives the end of an empty task, which reads and writes nothing; null for every other kind. */
export function knownEnd(task: ClaimedTask): FinishItem | null {
  const { kind, run_id: run, ordinal, attempt: fence, next } = task;
  if (kind !== ENDS_AT_ONCE) return null;
  return { run, ordinal, fence, task: 'succeeded', attempt: 'succeeded', ...(typeof next === 'number' ? { passes: { ...task, next } } : {}) };
}

/**
 * performClaimed takes one claimed task from its rows to its recorded end. It gives the end to record, or null when it is
 * recorded (with its effects) already or when the attempt is not ours any more.
 * @param flush writes what the task reported (metrics, checkpoint …) before the attempt ends
 * @param onParked hears that the task waits for something outside now
 */
export async function performClaimed(
  attempt: LiveAttempt,
  watch: RunWatch,
  flush: (attempt: LiveAttempt) => Promise<void>,
  onParked: (what: JustParked) => void,
): Promise<FinishItem | null> {
  const { claimed } = attempt;
  const known = knownEnd(claimed);
  if (known) return known;
  const began = performance.now();
  let input: Awaited<ReturnType<typeof attemptInput>>;
  try {
    input = await outlast(() => attemptInput(claimed), attempt.controller.signal);
  } catch (error) {
    return unprepared(attempt, error);
  }
  const inputsMs = Math.round(performance.now() - began);
  const { work, run, spec } = input;
  const writer = openAttemptLog(
    { workspaceId: work.workspaceId, runId: work.runId, ordinal: work.ordinal, attempt: work.attempt },
    claimed.waits === undefined ? {} : { after: await logEnd({ runId: work.runId, ordinal: work.ordinal, attempt: work.attempt }) },
  );
  await faultPoint('attempt.before-perform');
  const pulse = new Pulse();
  if (claimed.kind !== 'map') {
    const of = { workspaceId: work.workspaceId, pipelineId: claimed.pipeline_id, runId: work.runId, ordinal: work.ordinal, attempt: work.attempt, taskId: work.taskId, part: work.mapIndex >= 0, policy: work.stalled };
    attempt.pace = new AttemptPace(pulse, of, (sentence) => writer.write('system', sentence), attempt.controller.signal);
  }
  attempt.began();
  const memo = await memoised(claimed, work, run).catch((error: unknown) => {
    log.warn({ err: error, run: work.runId, task: work.taskId }, 'earlier results not looked at; the task is computed');
    return null;
  });
  if (memo?.result) writer.write('system', 'Nothing that this result depends on has changed, so an earlier one is taken over.');
  const deps: AttemptDeps = {
    signal: attempt.controller.signal,
    log: writer,
    report: (report) => attempt.report(report),
    pulse,
    secret: (name) => outlast(() => resolveSecret(work.workspaceId, name), attempt.controller.signal),
    variables: () => outlast(() => getVariables(work.workspaceId), attempt.controller.signal),
    subruns: subrunsOf(claimed, watch),
  };
  const made = claimed.kind === 'map' ? await outlast(() => performMap(attempt, work, deps), attempt.controller.signal) : null;
  if (made && 'end' in made) {
    const { lines } = await writer.close();
    if (lines > 0) await recordAttempt(work, { logLines: lines, brokenLines: 0, artifacts: [] });
    return attempt.stopped === 'lost' ? null : made.end;
  }
  const performed = memo?.result ?? made?.result ?? (await performAttempt(work, deps));
  pulse.does('its output is being checked and kept');
  const { result, checked } = await checkedResult(performed, () => outlast(() => checkAttempt(work, run, spec, performed, attempt.controller.signal), attempt.controller.signal));
  const { outcome: said, wait, ...rest } = result;
  if (said === 'waiting') {
    if (wait && wait.what !== claimed.waits) writer.write('system', `${wait.what} It holds no slot meanwhile.`);
    const { lines } = await writer.close();
    if (lines > 0) await recordAttempt(work, { logLines: lines, brokenLines: 0, artifacts: [] });
    const parked = wait && attempt.stopped === null ? await outlast(() => parkTask(work, wait, result.resolved ?? null), attempt.controller.signal) : null;
    if (parked === 'parked') onParked({ workspaceId: work.workspaceId, until: wait!.until, awaits: wait!.awaits, lookedAt: began });
    if (parked === 'parked' || attempt.stopped === 'lost') return null;
    return parked === 'cancelled' || attempt.stopped !== null ? cancelledWhileWaiting(attempt) : null;
  }
  for (const { outcome } of checked.outcomes) {
    writer.write('system', `${outcome.passed ? 'Passed' : outcome.severity === 'warn' ? 'Warning' : 'Failed'}: ${outcome.message}`);
  }
  const { lines } = await writer.close();
  await flush(attempt);
  await faultPoint('attempt.before-finish');
  // the lease is gone: another attempt holds the task, and this one may record nothing
  if (attempt.stopped === 'lost') return null;
  const timed: EndedResult = { ...rest, outcome: said, timings: { inputsMs, ...result.timings, totalMs: Math.round(performance.now() - began) } };
  const artifacts = (result.artifacts ?? []).map((a) => ({ id: newId(), ...a }));
  if (lines > 0 || artifacts.length > 0) {
    await recordAttempt(work, { logLines: lines, brokenLines: result.brokenLines ?? 0, artifacts }).catch((error: unknown) =>
      log.warn({ err: error, run: work.runId, task: work.taskId }, 'log size and artifacts not recorded'),
    );
  }
  const ended = { claimed, work, run, spec, result: timed, checked, stopped: attempt.stopped, memo: memo?.memo ?? null, now: new Date(), versionId: newId() };
  try {
    // an end that cannot be written now is kept and written later, unless the lease is taken away meanwhile
    return await outlast(() => conclude(ended), attempt.lost);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // the effects were refused (an interval that would cut a file …): that is this attempt's failure
    return endItem({ ...ended, result: { outcome: 'failed', error: { code: failureCode(error), message: error.message } } });
  }
}

/** A table whose checks cannot be run, because the store does not give it, fails the attempt that made it. */
async function checkedResult(result: AttemptResult, check: () => Promise<Checked>): Promise<{ result: AttemptResult; checked: Checked }> {
  try {
    return { result, checked: await check() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { result: { outcome: 'failed', error: { code: failureCode(error), message: error.message } }, checked: { outcomes: [], blocked: null } };
  }
}

/** An attempt that was to wait while its run is being stopped, or its worker stops: it ends, or is tried again. */
function cancelledWhileWaiting({ claimed, stopped }: LiveAttempt): FinishItem {
  const again = stopped === 'shutdown';
  return {
    run: claimed.run_id,
    ordinal: claimed.ordinal,
    fence: claimed.attempt,
    task: again ? 'retry' : 'cancelled',
    attempt: again ? 'lost' : 'cancelled',
    lost: again,
  };
}

/** An attempt whose inputs cannot be had fails with the sentence; a database that does not answer leaves it to its lease. */
function unprepared({ claimed }: LiveAttempt, error: unknown): FinishItem {
  if (!(error instanceof Error) || 'severity' in error || isOutage(error)) throw error;
  const failure = { code: 'inputs', message: error.message };
  return {
    run: claimed.run_id,
    ordinal: claimed.ordinal,
    fence: claimed.attempt,
    task: 'failed',
    attempt: 'failed',
    error: failure,
    reason: { code: failure.code, text: failure.message },
  };
}
