import { expressionReads } from '@/lib/core/expressions';
import { type Json } from '@/lib/core/json';
import { type ClaimedTask } from '@/lib/dispatch/server';
import { expressionsIn, type AttemptResult } from '@/lib/executor/server';
import { findMemo, memoFingerprint, type AttemptWork, type Memo, type RunFacts } from '@/lib/runs/server';
import { getVariables } from '@/lib/tenancy/server';

/** What these kinds find out holds for one run. */
const ASKS_ANEW = new Set(['sensor', 'approval']);

/** What is known of a task with `reuse`: its fingerprint, and an earlier result that it takes over. */
export type Memoised = { memo: Memo; result: AttemptResult | null };

/**
 * memoised looks for an earlier result of a task that asks for it (`reuse`, semantics §2). A task that a person cleared is computed
 * anew, and its result is remembered. Null: the task is not memoised.
 */
export async function memoised(claimed: ClaimedTask, work: AttemptWork, run: RunFacts): Promise<Memoised | null> {
  if (work.task.reuse !== true || run.trigger_kind === 'try' || claimed.kind === 'map' || ASKS_ANEW.has(work.task.kind)) return null;
  const fingerprint = await memoFingerprint(work, await namedBy(work));
  const hit = claimed.cleared_at_attempt > 0 ? null : await findMemo(run.pipeline_id, fingerprint);
  if (!hit) return { memo: { fingerprint, from: null }, result: null };
  const output = hit.output === null ? {} : { output: hit.output };
  return { memo: { fingerprint, from: hit.from }, result: { outcome: 'succeeded', ...output, ...(hit.table ? { table: hit.table } : {}) } };
}

/** Values of the run and of variables that a task's expressions name; a Python script has none. */
async function namedBy(work: AttemptWork): Promise<Json> {
  if (work.task.kind === 'python') return null;
  const reads = expressionsIn(work.task.config).map(expressionReads);
  const variables = reads.some((each) => each.vars.length > 0) ? await getVariables(work.workspaceId) : {};
  const run = new Set(reads.flatMap((each) => each.run));
  return {
    vars: Object.fromEntries([...new Set(reads.flatMap((each) => each.vars))].map((name) => [name, variables[name] ?? null])),
    run: { ...(run.has('id') ? { id: work.run.id } : {}), ...(run.has('version') ? { version: work.run.version } : {}) },
  };
}
