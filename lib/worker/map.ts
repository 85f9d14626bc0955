import { type Json } from '@/lib/core/json';
import { notify } from '@/lib/db/notify';
import { type FinishItem } from '@/lib/dispatch/server';
import { performItems, performUnion, type AttemptDeps, type AttemptResult, type TableRef } from '@/lib/executor/server';
import { judgeParts, partEnds, spreadTask, type AttemptWork } from '@/lib/runs/server';
import type { LiveAttempt } from './live-attempt';

/** Outputs of parts are gathered into a list up to this size, in characters of JSON. */
const MOST_OUTPUT = 1_000_000;

/** What became of a try of a mapped task's own row: its end, or a result that is concluded as any other. */
export type MapStep = { end: FinishItem | null } | { result: AttemptResult };

const placeOf = ({ claimed }: LiveAttempt) => ({ run: claimed.run_id, ordinal: claimed.ordinal, fence: claimed.attempt });

/**
 * A mapped task's own row is tried twice: once to make the list and a row for each item, and once, when all parts have ended, to judge
 * them and join their tables. Whoever is killed between leaves nothing half done: each is one attempt under its lease.
 */
export async function performMap(attempt: LiveAttempt, work: AttemptWork, deps: AttemptDeps): Promise<MapStep> {
  if (work.mapCount === null) {
    const result = await performItems(work, deps);
    if (result.outcome === 'succeeded') return { end: await spread(attempt, work, result.output as Json[]) };
    if (result.outcome !== 'skipped') return { result };
    return { end: { ...placeOf(attempt), task: 'skipped', attempt: 'skipped', reason: { code: 'map_empty', text: 'Its list is empty, so there is nothing to run.' } } };
  }
  return gather(attempt, work, deps, work.mapCount);
}

async function spread(attempt: LiveAttempt, work: AttemptWork, items: Json[]): Promise<FinishItem | null> {
  const at = placeOf(attempt);
  const done = await spreadTask(at, work.taskId, items);
  if (done === 'cancelled') return { ...at, task: 'cancelled', attempt: 'cancelled' };
  notify({ topic: 'run', id: at.run });
  notify({ topic: 'work' }, { urgent: true });
  return null;
}

async function gather(attempt: LiveAttempt, work: AttemptWork, deps: AttemptDeps, count: number): Promise<MapStep> {
  const parts = await partEnds(work.runId, work.taskId, count);
  const judged = judgeParts(parts, work.task.failureAllowed === true);
  if (judged.end !== 'succeeded') {
    deps.log.write('system', judged.text);
    const code = judged.end === 'failed' ? 'parts_failed' : 'parts_skipped';
    // its parts were tried as often as they may be, so the task itself is not
    const error = judged.end === 'failed' ? { error: { code, message: judged.text } } : {};
    return { end: { ...placeOf(attempt), task: judged.end, attempt: judged.end, ...error, reason: { code, text: judged.text } } };
  }
  const good = parts.filter((part) => part.state === 'succeeded' || part.state === 'restored');
  const tables = good.flatMap((part) => (part.table_output ? [{ mapIndex: part.map_index, table: part.table_output as unknown as TableRef }] : []));
  const result: AttemptResult = tables.length > 0 ? await performUnion(work, tables, deps) : { outcome: 'succeeded' };
  if (result.outcome !== 'succeeded') return { result };
  const outputs = parts.map((part) => part.output);
  if (outputs.every((output) => output === null)) return { result };
  if (JSON.stringify(outputs).length <= MOST_OUTPUT) return { result: { ...result, output: outputs } };
  deps.log.write('system', 'The outputs of the parts are more than 1 MB together, so the list of them is left out.');
  return { result };
}
