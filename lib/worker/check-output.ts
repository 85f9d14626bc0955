import { type Scope } from '@/lib/core/expressions';
import { checkOutput, checksOfDataset, writeOf, type PlacedOutcome } from '@/lib/datasets/server';
import { boundSql, type AttemptResult } from '@/lib/executor/server';
import { type Spec } from '@/lib/pipeline';
import { runFact, type AttemptWork, type RunFacts } from '@/lib/runs/server';

export type Checked = { outcomes: PlacedOutcome[]; blocked: string | null };

const NOTHING: Checked = { outcomes: [], blocked: null };

/**
 * checkAttempt runs every check that stands on a task's fresh table: the task's own, those on its outgoing edges, and those of the
 * dataset it writes (semantics §7). They come before the attempt's end is recorded, so nobody reads what they hold back.
 */
export async function checkAttempt(work: AttemptWork, run: RunFacts, spec: Spec, result: AttemptResult, signal: AbortSignal): Promise<Checked> {
  // the parts of a mapped task are checked together, when their tables are joined
  if (result.outcome !== 'succeeded' || !result.table || work.mapIndex >= 0) return NOTHING;
  const write = run.trigger_kind === 'try' ? null : writeOf(work.task);
  const places = [
    { stands: 'task' as const, checks: work.task.checks ?? [] },
    ...spec.edges.filter((e) => e.from === work.taskId && e.checks?.length).map((e) => ({ stands: 'edge' as const, checks: e.checks!, as: e.as ?? e.from })),
    { stands: 'dataset' as const, checks: write ? await checksOfDataset(work.workspaceId, write.dataset) : [] },
  ];
  if (places.every((p) => p.checks.length === 0)) return NOTHING;
  const scope: Scope = { params: work.params, paramTypes: work.paramTypes, run: runFact(run) };
  return checkOutput({
    table: { name: work.taskId, table: result.table },
    places,
    others: [...work.inputs, ...work.reads],
    now: new Date(),
    signal,
    limits: work.limits,
    bind: (sql) => boundSql(sql, scope),
  });
}
