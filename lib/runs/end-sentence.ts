import type { RunRow, TaskRow } from './store';

/** How many failed tasks a message names. */
const NAMED = 3;

/**
 * endSentence says in plain words how a run ended: how long it took and, when it failed, what failed and how much was not run.
 * @param tasks the run's tasks in plan order
 */
export function endSentence(
  run: Pick<RunRow, 'pipeline_slug' | 'version_number' | 'state' | 'created_at' | 'started_at' | 'finished_at'>,
  tasks: Pick<TaskRow, 'task_id' | 'state' | 'reason'>[],
): string {
  const took = run.finished_at ? ` after ${spoken(run.finished_at.getTime() - (run.started_at ?? run.created_at).getTime())}` : '';
  const version = run.version_number === null ? '' : ` (version ${run.version_number})`;
  const sentences = [`The run of ${run.pipeline_slug}${version} ${run.state === 'cancelled' ? 'was cancelled' : run.state}${took}.`];
  const failed = tasks.filter((task) => task.state === 'failed');
  if (failed.length > 0) {
    sentences.push(...failed.slice(0, NAMED).map((task) => `Task ${task.task_id} failed${task.reason?.text ? `: ${task.reason.text}` : '.'}`));
    if (failed.length > NAMED) sentences.push(`${failed.length - NAMED} more failed.`);
  }
  const unrun = tasks.filter((task) => task.state === 'upstream_failed').length;
  if (unrun > 0) sentences.push(`${unrun} ${unrun === 1 ? 'task was' : 'tasks were'} not run because of that.`);
  return sentences.join(' ');
}

/** spoken is a length of time in words: 800 ms, 12 s, 3 m 20 s, 2 h 5 m. */
function spoken(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} m ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}
