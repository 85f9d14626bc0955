import { formatDuration } from '@/components/time/format';

/** PastRun is what a pipeline's health is judged by; lists give them newest first. */
export type PastRun = {
  id: string;
  state: string;
  startedAt: Date | string | null;
  finishedAt: Date | string | null;
};

export type Health = { state: string; text: string };

const msOf = (run: PastRun) =>
  run.startedAt === null || run.finishedAt === null
    ? null
    : new Date(run.finishedAt).getTime() - new Date(run.startedAt).getTime();

/** usualMs is the median duration of the runs that succeeded, in milliseconds; null below three of them. */
export function usualMs(runs: readonly PastRun[]): number | null {
  const all = runs
    .filter((r) => r.state === 'succeeded')
    .flatMap((r) => msOf(r) ?? [])
    .sort((a, b) => a - b);
  return all.length < 3 ? null : (all[Math.floor(all.length / 2)] ?? null);
}

/**
 * healthOf says in one sentence how a pipeline does, and in which state's look.
 * @param runs its last runs, newest first, tries left out
 */
export function healthOf(runs: readonly PastRun[], published: boolean): Health {
  if (!published) return { state: 'queued', text: 'Not published yet' };
  const newest = runs[0];
  if (newest === undefined) return { state: 'ready', text: 'Published, not run yet' };
  const ended = runs.filter((r) => r.finishedAt !== null);
  const good = ended.filter((r) => r.state === 'succeeded').length;
  const usual = usualMs(runs);
  if (newest.finishedAt === null) {
    const verb = newest.state === 'queued' ? 'Waits to start' : 'Runs now';
    return { state: newest.state, text: usual === null ? verb : `${verb}, usually ${formatDuration(usual)}` };
  }
  const share =
    ended.length === good ? `all of the last ${ended.length}` : `${good} of the last ${ended.length}`;
  if (newest.state === 'failed') {
    const streak = ended.findIndex((r) => r.state !== 'failed');
    const row = streak < 0 ? ended.length : streak;
    if (row > 1) return { state: 'failed', text: `Failed ${row} times in a row` };
    return { state: 'failed', text: ended.length > 1 ? `Failed, ${share} succeeded` : 'Failed' };
  }
  if (newest.state === 'cancelled') return { state: 'cancelled', text: 'Last run was cancelled' };
  if (ended.length === 1) return { state: 'succeeded', text: 'Succeeded once' };
  const slow = usual !== null && (msOf(newest) ?? 0) > 2 * usual && (msOf(newest) ?? 0) - usual > 5000;
  if (slow)
    return {
      state: 'succeeded',
      text: `Slower than usual: ${formatDuration(msOf(newest) ?? 0)} against ${formatDuration(usual)}`,
    };
  return { state: 'succeeded', text: `Good, ${share} succeeded` };
}
