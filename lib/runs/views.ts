import { type Json } from '@/lib/core/json';
import { type Lane } from '@/lib/pipeline';
import type { Pace } from './pace';
import type { RunSummary, RunView, TaskRunView, TriggerKind } from './schema';
import type { RunRow, TaskRow } from './store';

/** runSummary is a run as lists show it. */
export function runSummary(run: RunRow): RunSummary {
  return {
    id: run.id,
    pipeline: run.pipeline_slug,
    version: run.version_number,
    state: run.state,
    trigger: { kind: run.trigger_kind as TriggerKind, ...(run.trigger_id ? { id: run.trigger_id } : {}) },
    lane: run.lane as Lane,
    params: run.params,
    logicalDate: run.logical_date,
    interval: run.interval_start && run.interval_end ? { start: run.interval_start, end: run.interval_end } : null,
    parentRunId: run.parent_run_id,
    note: run.note,
    createdBy: run.created_by,
    createdAt: run.created_at,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
  };
}

/** runView is a run with its tasks (contract §3). */
export const runView = (run: RunRow, tasks: TaskRow[], taskCount: number, paces: ReadonlyMap<number, Pace>): RunView => ({
  ...runSummary(run),
  tasks: tasks.map((task) => taskView(task, paces.get(task.ordinal))),
  taskCount,
});

/** taskView is one task of a run as people and programs see it. @param pace how it gets on, while it runs */
export function taskView(task: TaskRow, pace?: Pace): TaskRunView {
  const table = task.table_output as { rowCount?: number; schema?: Json[] } | null;
  return {
    taskId: task.task_id,
    mapIndex: task.map_index < 0 ? null : task.map_index,
    mapCount: task.map_count,
    kind: task.kind,
    state: task.state,
    reason: task.reason,
    attempt: task.attempt,
    readyAt: task.ready_at,
    startedAt: task.started_at,
    finishedAt: task.finished_at,
    output: task.output,
    rowCount: table?.rowCount ?? null,
    columnCount: table?.schema?.length ?? null,
    marked: task.marked,
    restoredFrom: task.restored_from,
    pace: (task.state === 'running' && pace) || null,
  };
}
