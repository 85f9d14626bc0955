import type { PlannedTask } from '@/lib/pipeline';
import { ancestors, type ResetRow } from './reset';
import { endingOf, type TaskState } from './states';

/** How a mapped task starts over: with a new list, or with some of its parts only (none: its end is judged anew). */
export type Redo = 'list' | 'failed' | number[];

/** What is known of a mapped task whose list was made. */
export type Spread = { open: number };

/** A row of a clear as it is written, with what a mapped task's own row becomes. */
export type MapRow = ResetRow & { map?: { rule: string; decides: boolean; keepsList: boolean } };

/**
 * redoOf says how the chosen mapped tasks start over: what changes before a task changes its list; otherwise, when only failures are
 * to be mended, its failed parts do.
 */
export function redoOf(
  tasks: PlannedTask[],
  states: TaskState[],
  spread: ReadonlyMap<number, Spread>,
  chosen: ReadonlySet<number>,
  wish: { onlyFailed: boolean; part?: { ordinal: number; mapIndex: number } },
): Map<number, Redo> {
  const result = new Map<number, Redo>();
  for (const ordinal of chosen) {
    if (!tasks[ordinal]!.map) continue;
    const before = ancestors(tasks, [ordinal]);
    before.delete(ordinal);
    const changed = [...before].some((up) => chosen.has(up));
    const failed = ['f', 'u'].includes(endingOf(states[ordinal]!) ?? '');
    if (!spread.has(ordinal) || changed) result.set(ordinal, 'list');
    else if (wish.part?.ordinal === ordinal) result.set(ordinal, [wish.part.mapIndex]);
    else result.set(ordinal, wish.onlyFailed && failed ? 'failed' : 'list');
  }
  return result;
}

/**
 * mapRows corrects the rows of a clear for mapped tasks: one that has its list waits for its parts, whatever its trigger rule said
 * before; one that starts over with a new list is what it was when the run began. Pure.
 * @param spread mapped tasks that have their list, with how many of their parts are open after the clear
 */
export function mapRows(tasks: PlannedTask[], rows: ResetRow[], spread: ReadonlyMap<number, Spread>, redo: ReadonlyMap<number, Redo>): MapRow[] {
  return rows.map((row): MapRow => {
    const task = tasks[row.ordinal]!;
    if (!task.map) return row;
    const how = redo.get(row.ordinal);
    if (how === 'list') return { ...row, map: { rule: task.triggerRule, decides: task.decides, keepsList: false } };
    const parts = spread.get(row.ordinal);
    if (!parts || (how === undefined && row.state !== 'pending')) return row;
    const counts = { ...row.counts, p: row.counts.p + parts.open };
    const limited = task.map.maxParallel !== null;
    return {
      ...row,
      counts,
      state: counts.p === 0 ? 'ready' : 'pending',
      undecided: limited && counts.p > 0,
      map: { rule: 'all_done', decides: limited, keepsList: true },
    };
  });
}
