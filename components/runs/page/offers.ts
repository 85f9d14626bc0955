/** What a person may do with a whole run. */
export type Act = 'stop' | 'rerun-failed' | 'rerun-all' | 'draft' | 'compare';

/**
 * offersOf gives the acts that make sense for a run's state, the likeliest first; the first is the page's main button.
 * @param may what the viewer's role allows
 */
export function offersOf(run: { state: string; try: boolean }, may: { run: boolean; write: boolean }): Act[] {
  const draft: Act[] = may.write ? ['draft'] : [];
  const compare: Act[] = run.state === 'failed' && !run.try ? ['compare'] : [];
  if (!may.run) return [...draft, ...compare];
  if (run.state === 'queued' || run.state === 'running') return ['stop', ...draft];
  if (run.try) return draft;
  if (run.state === 'succeeded') return ['rerun-all', ...draft];
  return ['rerun-failed', ...draft, 'rerun-all', ...compare];
}

/** What a person may do with one task. */
export type TaskAct = 'clear' | 'mark';

/** taskOffersOf gives the acts that make sense for a task. */
export function taskOffersOf(
  task: { state: string },
  run: { state: string; try: boolean },
  mayRun: boolean,
): TaskAct[] {
  if (!mayRun || run.try) return [];
  return task.state === 'running' ? ['mark'] : run.state === 'queued' ? [] : ['clear', 'mark'];
}
