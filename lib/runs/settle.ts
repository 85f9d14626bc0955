import { systemClock } from '@/lib/core/clock';
import { inSqlTransaction, type Sql } from '@/lib/db/sql';
import { judgeRun } from './judge-run';
import { judgeTask, type DecisionFacts } from './judge-task';
import { compiledRun, type Compiled } from './plan-cache';
import { whenHolds, whenNames, whenReadsOutput } from './scope';
import { endingOf, isFinalRun, type RunState, type TaskState } from './states';
import { countDown, endRun, moveTasks, propagate, type Move } from './change-store';
import { readyParts } from './map-store';
import { lockRun, taskRows, type RunRow, type TaskRow } from './store';

export type Settled = { readied: number; ended: RunState | null };

/**
 * settleRun decides what the finish statement leaves to TypeScript, under the run's lock: tasks with an expression or behind a
 * branch, and the verdict of a run with failures. Safe to call at any time by any process; it does nothing when nothing waits.
 */
export async function settleRun(runId: string): Promise<Settled> {
  return inSqlTransaction(async (tx) => {
    const run = await lockRun(tx, runId, null);
    if (!run || isFinalRun(run.state)) return { readied: 0, ended: null };
    return settleLocked(tx, run);
  });
}

/** settleLocked is settleRun for a caller that holds the run's lock already. */
export async function settleLocked(tx: Sql, run: RunRow): Promise<Settled> {
  const compiled = await compiledRun(run);
  let readied = 0;
  for (;;) {
    const rows = await taskRows(run.id, tx);
    const waiting = rows.filter((r) => r.undecided && r.state === 'pending');
    if (waiting.length === 0) {
      const ended = await verdict(tx, run, compiled, rows);
      return { readied, ended };
    }
    const spread = waiting.filter((r) => r.map_count !== null);
    for (const row of spread) {
      const { map } = compiled.plan.tasks[row.ordinal]!;
      if (row.n_pending > 0 && map?.maxParallel) readied += await readyParts(tx, run.id, row.task_id, map.maxParallel);
    }
    const moves = [
      ...spread.filter((r) => r.n_pending <= 0).map((r): Move => ({ ordinal: r.ordinal, state: 'ready' })),
      ...decide(run, compiled, rows, waiting.filter((r) => r.map_count === null)),
    ];
    await moveTasks(tx, run.id, moves, waiting.map((r) => r.ordinal));
    readied += moves.filter((m) => m.state === 'ready').length;
    const ended = moves
      .filter((m) => m.state !== 'ready')
      .map((m) => ({ ordinal: m.ordinal, ending: endingOf(m.state)! }));
    if (ended.length === 0) continue;
    const flowed = await propagate(tx, run.id, ended);
    readied += flowed.readied;
    if (flowed.ended[0]) return { readied, ended: flowed.ended[0].state };
  }
}

function decide(run: RunRow, compiled: Compiled, rows: TaskRow[], waiting: TaskRow[]): Move[] {
  const facts = decisionFacts(run, compiled, rows);
  return waiting.flatMap((row): Move[] => {
    const verdict = judgeTask(facts, row.ordinal);
    if (verdict === 'wait') return [];
    const state: TaskState = verdict === 'run' ? 'ready' : verdict === 'skip' ? 'skipped' : 'upstream_failed';
    return [{ ordinal: row.ordinal, state }];
  });
}

function decisionFacts(run: RunRow, { spec, plan }: Compiled, rows: TaskRow[]): DecisionFacts {
  const taken = new Map<number, string[]>();
  for (const row of rows) {
    const output = row.output as { taken?: unknown } | null;
    if (row.kind === 'branch' && row.state === 'succeeded' && Array.isArray(output?.taken)) {
      taken.set(row.ordinal, output.taken.filter((id): id is string => typeof id === 'string'));
    }
  }
  return {
    tasks: plan.tasks,
    states: rows.map((r) => r.state),
    taken,
    evaluate: (ordinal, states) => whenHolds({ run, spec, plan, rows, states }, ordinal),
    names: (ordinal) => whenNames(plan.tasks[ordinal]!.when),
    readsOutput: (ordinal) => whenReadsOutput(plan.tasks[ordinal]!.when),
    outdated: run.latest_until !== null && run.latest_until.getTime() <= systemClock().getTime(),
  };
}

/** A run none of whose tasks is left and that the finish statement could not end: something failed, so the rule of §1 speaks. */
async function verdict(tx: Sql, run: RunRow, { spec, plan }: Compiled, rows: TaskRow[]): Promise<RunState | null> {
  if (rows.some((r) => endingOf(r.state) === null)) return null;
  const counted = await countDown(tx, run.id, 0);
  if (counted.ended[0]) return counted.ended[0].state;
  // parts of a mapped task may still be at work, for example while their run is being stopped
  if (!counted.unjudged.includes(run.id)) return null;
  const states = rows.map((r) => r.state);
  const state = judgeRun(plan.tasks, states, spec.settings.runVerdict ?? 'handled', (ordinal, healed) =>
    whenHolds({ run, spec, plan, rows, states: healed }, ordinal),
  );
  await endRun(tx, run.id, state);
  return state;
}
