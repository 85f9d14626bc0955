import { request, workspaceUrl } from '@/components/api/request';
import type { Preview as Rows, TableProfile } from '@/lib/datasets/index';
import type { DraftSpec } from '@/lib/pipeline/index';
import type { Mark } from './marks';

/** A trial run as the API shows it; times are ISO 8601. */
export type TryRun = {
  id: string;
  state: string;
  tasks: {
    taskId: string;
    mapIndex: number | null;
    state: string;
    reason: { code: string; text: string } | null;
    startedAt: string | null;
    finishedAt: string | null;
    rowCount: number | null;
    columnCount: number | null;
  }[];
};

/** The first rows of a table with what a look at its columns tells, as the API shows them. */
export type Preview = Rows & { profile?: TableProfile };

export type TrySession = {
  taskId: string;
  upTo: boolean;
  run: TryRun | null;
  preview: Preview | null;
  /** what went wrong, a sentence */
  error: string | null;
  busy: boolean;
  startedAt: number;
  /** from the press to the answer, ms */
  tookMs: number | null;
};

const FINAL = new Set(['succeeded', 'failed', 'cancelled']);

/** marksOfRun turns a run's tasks into marks for the cards. */
export function marksOfRun(run: TryRun): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const task of run.tasks) {
    if (task.mapIndex !== null && marks.has(task.taskId)) continue;
    const mark: Mark = { state: task.state };
    if (task.startedAt && task.finishedAt) mark.durationMs = Date.parse(task.finishedAt) - Date.parse(task.startedAt);
    if (task.rowCount !== null && task.rowCount !== undefined) mark.rows = task.rowCount;
    if (task.columnCount !== null && task.columnCount !== undefined) mark.columns = task.columnCount;
    if (task.reason) mark.note = task.reason.text;
    marks.set(task.taskId, mark);
  }
  return marks;
}

/** startTry asks for a trial run of a draft: one node, or everything up to it, on a sample. */
export const startTry = (workspace: string, slug: string, body: { spec: DraftSpec; taskId: string; upTo: boolean; sampleRows?: number }) =>
  request<TryRun>(workspaceUrl(workspace, `/pipelines/${encodeURIComponent(slug)}/try`), { body });

/** followRun reads a run once it has ended, or after 0.7 s as it is then. */
export const followRun = (workspace: string, id: string) => request<TryRun>(workspaceUrl(workspace, `/runs/${id}/wait`, { timeoutSeconds: 0.7 }));

/** isOver tells whether a run has ended. */
export const isOver = (run: TryRun): boolean => FINAL.has(run.state);

/** readPreview reads the first rows of a task's output with the profile of its columns. */
export const readPreview = (workspace: string, run: string, taskId: string) =>
  request<Preview>(workspaceUrl(workspace, `/runs/${run}/tasks/${encodeURIComponent(taskId)}/output`, { limit: 100, profile: 1 }));

export type LogLine = { n: number; at: string | null; stream: string; text: string };

/** readLog reads the log of a task of the trial. */
export const readLog = (workspace: string, run: string, taskId: string) =>
  request<{ items: LogLine[] }>(workspaceUrl(workspace, `/runs/${run}/tasks/${encodeURIComponent(taskId)}/logs`, { limit: 1000 }));
