import { plural } from '@/components/time/format';

export type SentenceTask = { taskId: string; name: string; state: string; attempt: number; pace?: { state: string } | null };

/** A piece of the sentence; one with a task is drawn as a link to it. */
export type Piece = { text: string; taskId?: string };

const named = (task: SentenceTask): Piece => ({ text: task.name, taskId: task.taskId });
const count = (tasks: readonly SentenceTask[], ...states: string[]) =>
  tasks.filter((t) => states.includes(t.state)).length;

/** list writes "a", "a and b", "a, b and 3 more". */
function list(tasks: readonly SentenceTask[]): Piece[] {
  const [first, second, third] = tasks;
  if (first === undefined) return [];
  if (second === undefined) return [named(first)];
  if (third === undefined) return [named(first), { text: ' and ' }, named(second)];
  return [named(first), { text: ', ' }, named(second), { text: ` and ${tasks.length - 2} more` }];
}

const text = (value: string): Piece => ({ text: value });

/** after adds ", 4 tasks not run" where a number is not zero. */
function after(tasks: readonly SentenceTask[], states: readonly string[], word: string): Piece[] {
  const n = count(tasks, ...states);
  return n === 0 ? [] : [text(`, ${plural(n, 'task')} ${word}`)];
}

/**
 * runSentence says in one sentence what happened in a run, for the head of its page.
 * @param tasks one per task, in the order of the plan
 */
export function runSentence(state: string, tasks: readonly SentenceTask[]): Piece[] {
  const inState = (...states: string[]) => tasks.filter((t) => states.includes(t.state));
  const done = count(tasks, 'succeeded', 'restored');
  switch (state) {
    case 'queued':
      return [text(`Waiting to start, ${plural(tasks.length, 'task')}`)];
    case 'running': {
      const failed = inState('failed');
      const trouble: Piece[] = failed.length === 0 ? [] : [text(', '), ...list(failed), text(' failed')];
      const busy = inState('running');
      const stalled = busy.filter((t) => t.pace?.state === 'stalled');
      if (stalled.length > 0) trouble.unshift(text(', '), ...list(stalled), text(' stalled'));
      if (busy.length > 0)
        return [text('Running '), ...list(busy), text(`, ${done} of ${tasks.length} done`), ...trouble];
      const retry = inState('up_for_retry');
      if (retry.length > 0)
        return [
          text('Waiting to try '),
          ...list(retry),
          text(` again, ${done} of ${tasks.length} done`),
          ...trouble,
        ];
      const approval = inState('awaiting_approval');
      if (approval.length > 0) return [text('Waiting for an approval of '), ...list(approval)];
      return [text(`Waiting for a free slot, ${done} of ${tasks.length} done`), ...trouble];
    }
    case 'succeeded': {
      const failed = inState('failed');
      const rest = [
        ...(failed.length > 0 ? [text(', '), ...list(failed), text(' was allowed to fail')] : []),
        ...after(tasks, ['skipped'], 'skipped'),
      ];
      if (tasks.length === 1 && rest.length === 0) return [text('Succeeded, 1 task done')];
      return [
        text(
          done === tasks.length
            ? `Succeeded, all ${tasks.length} tasks done`
            : `Succeeded, ${plural(done, 'task')} done`,
        ),
        ...rest,
      ];
    }
    case 'failed': {
      const failed = inState('failed');
      const [only] = failed;
      const notRun = after(tasks, ['upstream_failed', 'pending', 'ready'], 'not run');
      if (only === undefined) {
        const stopped = inState('cancelled');
        return stopped.length > 0
          ? [text('Failed: '), ...list(stopped), text(' stopped'), ...notRun]
          : [text('Failed'), ...notRun];
      }
      const tries = failed.length === 1 && only.attempt > 1 ? [text(` after ${only.attempt} tries`)] : [];
      return [text('Failed in '), ...list(failed), ...tries, ...notRun];
    }
    case 'cancelled': {
      const stopped = count(tasks, 'cancelled', 'pending', 'ready', 'upstream_failed', 'skipped');
      return [
        text(`Stopped with ${done} of ${tasks.length} done`),
        ...(stopped > 0 ? [text(`, ${plural(stopped, 'task')} not finished`)] : []),
      ];
    }
    default:
      return [text(state.replaceAll('_', ' '))];
  }
}

/** plainSentence is the sentence as one text, for the tab and for screen readers. */
export const plainSentence = (pieces: readonly Piece[]): string => pieces.map((p) => p.text).join('');
