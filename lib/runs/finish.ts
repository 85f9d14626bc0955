import { log } from '@/lib/core/log';
import { noticesOut, notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { isPlain, passAlong, step, type ClaimedTask, type ClaimLimits, type Finished, type FinishItem, type Passed } from '@/lib/dispatch/server';
import { releaseWaitingRuns } from './run-limit';
import { settleRun } from './settle';

/**
 * finishAndClaim records attempts' ends and takes new work in one commit. What TypeScript must decide is settled before it
 * returns; whatever a crash leaves undone the sweeper settles.
 * @param alone whether the caller still has nothing else to record or to look for: then it goes on along a line of tasks that end at once
 * @returns the new work, how many ends counted (a zombie's late write does not), and how many tasks they made ready
 */
export async function finishAndClaim(
  items: FinishItem[],
  limits: ClaimLimits | null,
  alone: () => boolean = () => false,
): Promise<{ claimed: ClaimedTask[]; queued: string[]; crowded: boolean; again: boolean; accepted: number; readied: number; settled: Promise<void> }> {
  const passed = await passedOn(items, limits, alone);
  if (passed) {
    const { ends, held } = passed;
    const [{ run, ordinal, fence }] = items as [FinishItem];
    const settled = held ? Promise.resolve() : followUp({ accepted: [[run, ordinal, fence, 'succeeded']], readied: 0, undecided: [], ended: [{ id: run, state: 'succeeded' }], unjudged: [] }, 0);
    return { claimed: held ? [held] : [], queued: [], crowded: false, again: false, accepted: ends, readied: 0, settled };
  }
  const { finished, claimed, queued, crowded, again } = await step(items, limits);
  return { claimed, queued, crowded, again, accepted: finished?.accepted.length ?? 0, readied: finished?.readied ?? 0, settled: finished ? followUp(finished, claimed.length) : Promise.resolve() };
}

/** A step of a chain, and those behind it: one plain end whose one successor can be handed over, by a worker that looks for nothing else. */
async function passedOn(items: FinishItem[], limits: ClaimLimits | null, alone: () => boolean): Promise<Passed | null> {
  const [end] = items;
  if (!end?.passes || items.length > 1 || !limits || (limits.look ?? true) || limits.inline < 1 || !isPlain(end)) return null;
  // whoever watches is told while the next statement is under way
  return passAlong(end.passes, limits, alone, () => void setImmediate(() => notify({ topic: 'run', id: end.run })));
}

/**
 * finishWith records one attempt's end together with its effects (a dataset version, check results) in one transaction: the
 * effects happen if and only if this attempt's end is the one that counts.
 */
export async function finishWith(item: FinishItem, effects: (tx: Tx) => Promise<void>): Promise<boolean> {
  const finished = await inTransaction(async (tx) => {
    const rows = await tx.$queryRawUnsafe<{ done: Finished }[]>(`select penstock_finish($1::jsonb) as done`, JSON.stringify([item]));
    const done = rows[0]!.done;
    if (done.accepted.length > 0) await effects(tx);
    return done;
  }, 60_000);
  await followUp(finished, 0);
  return finished.accepted.length > 0;
}

/** attemptKey names one attempt in sets and logs. */
export const attemptKey = (run: string, ordinal: number, fence: number): string => `${run}/${ordinal}/${fence}`;

/** followUp settles what the statement left open and tells whoever watches. NOTIFY is outside claim and finish on purpose. */
export async function followUp(finished: Finished, taken: number): Promise<void> {
  let readied = finished.readied;
  for (const runId of new Set([...finished.undecided, ...finished.unjudged])) {
    try {
      readied += (await settleRun(runId)).readied;
    } catch (error) {
      log.error({ err: error, runId }, 'a run could not be settled now; the sweeper will try again');
    }
  }
  const ended = new Set(finished.ended.map((run) => run.id));
  for (const runId of new Set(finished.accepted.map(([run]) => run))) notify({ topic: 'run', id: runId }, { urgent: ended.has(runId) });
  if (readied > taken) notify({ topic: 'work' });
  if (finished.ended.length + finished.unjudged.length === 0) return;
  await noticesOut();
  await releaseWaitingRuns();
}
