import { isFinalTask, worstState, type AttemptView, type MapGrid, type Pace, type RunView, type TaskRunView, type TaskState } from '@/lib/runs';
import { worstPace } from './pace-words';

/** A moment as it travels: ISO 8601. */
type Wired<T, K extends keyof T> = Omit<T, K> & { [P in K]: null extends T[P] ? string | null : string };

/** A task of a run as the API sends it. */
export type TaskData = Wired<TaskRunView, 'readyAt' | 'startedAt' | 'finishedAt'>;

/** A run as the API sends it. */
export type RunData = Omit<
  Wired<RunView, 'createdAt' | 'startedAt' | 'finishedAt' | 'logicalDate'>,
  'tasks' | 'interval'
> & {
  tasks: TaskData[];
  interval: { start: string; end: string } | null;
};

/** The parts of a mapped task as the API sends them. */
export type MapGridData = Omit<MapGrid, 'items'> & { items: Wired<MapGrid['items'][number], 'startedAt' | 'finishedAt'>[] };

/** What went wrong in an attempt. */
export type AttemptFault = { code: string; message: string; detail?: string; hint?: string };

/** An attempt as the API sends it. */
export type AttemptData = Omit<Wired<AttemptView, 'claimedAt' | 'startedAt' | 'finishedAt'>, 'error'> & {
  error: AttemptFault | null;
};

/** Why a task waits, as the API sends it. */
export type WaitingData = {
  taskId: string;
  mapIndex: number | null;
  state: string;
  reason: { code: string; text: string };
};

/** TaskFacts is what the graph and the lists show of a task: all its mapped parts together. */
export type TaskFacts = {
  taskId: string;
  name: string;
  kind: string;
  state: string;
  attempt: number;
  startedAt: string | null;
  finishedAt: string | null;
  rowCount: number | null;
  columnCount: number | null;
  note: string | null;
  /** how many parts a mapped task has */
  parts?: number | null;
  /** how it gets on while it runs; of parts the one that needs a look first */
  pace: Pace | null;
};

/** tasksOf gives one line per task in the order of the plan; the worst state of mapped parts stands for all. */
export function tasksOf(run: Pick<RunData, 'tasks'>, nameOf: (taskId: string) => string): TaskFacts[] {
  const facts = new Map<string, TaskFacts>();
  const whole = new Map(run.tasks.flatMap((task) => (task.mapIndex === null && task.mapCount !== null ? [[task.taskId, task] as const] : [])));
  for (const task of run.tasks) {
    // a mapped task that has ended speaks for its parts
    const own = whole.get(task.taskId);
    if (own && task !== own && isFinalTask(own.state)) continue;
    const known = facts.get(task.taskId);
    if (known === undefined || worstState([known.state as TaskState, task.state]) !== known.state)
      facts.set(task.taskId, {
        taskId: task.taskId,
        name: nameOf(task.taskId),
        kind: own ? 'map' : task.kind,
        parts: own?.mapCount ?? null,
        state: task.state,
        attempt: task.attempt,
        startedAt: task.startedAt,
        finishedAt: task.finishedAt,
        rowCount: task.rowCount,
        columnCount: task.columnCount,
        note: task.reason?.text ?? null,
        pace: task.state === 'running' ? worstPace(run.tasks.flatMap((each) => (each.taskId === task.taskId ? [each.pace] : []))) : null,
      });
  }
  return [...facts.values()];
}

/** isOver tells whether nothing more happens in a run by itself. */
export const isOver = (state: string): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled';

/** msOf is the length between two moments in milliseconds, or null while one is missing. */
export const msOf = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : Date.parse(to) - Date.parse(from);
