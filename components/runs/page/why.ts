import { plural } from '@/components/time/format';
import type { Pace } from '@/lib/runs';
import type { AttemptData, WaitingData } from './run-data';

/** A next step that the panel offers as a button. */
export type Step = 'first-error' | 'rerun-here' | 'clear' | 'mark' | 'draft' | { task: string };

/** What the panel "Why" says of a task. */
export type Why = { sentence: string; hint?: string; detail?: string; steps: Step[] };

type WhyTask = {
  taskId: string;
  name: string;
  state: string;
  attempt: number;
  note: string | null;
  marked: unknown;
  rowCount: number | null;
  pace: Pace | null;
};

const marks = (marked: unknown): { by?: string; reason?: string; was?: string; state?: string } =>
  typeof marked === 'object' && marked !== null ? marked : {};

function whyRunning(pace: Pace | null, last: AttemptData | undefined): Why {
  const where = `It is at work${last?.worker ? ` on ${last.worker}` : ''}.`;
  if (pace === null) return { sentence: last?.message ?? where, steps: [] };
  const said = last?.message ? { hint: last.message } : {};
  if (pace.state !== 'stalled') return { sentence: pace.text, ...said, steps: [] };
  return {
    sentence: pace.text,
    hint: `${last?.message ? `It last said: ${last.message}. ` : ''}It is left running. Stop the run or mark the task to end it now; “Stalled after” among its run settings can end and retry it by itself.`,
    steps: ['mark', 'draft'],
  };
}

/**
 * whyOf says why a task is in its state and what to do next.
 * @param attempts of the task, oldest first
 * @param waiting what it waits for, when it waits
 * @param upstreamFailed ids of tasks whose failure kept it from running
 */
export function whyOf(
  task: WhyTask,
  attempts: readonly AttemptData[],
  waiting: WaitingData | undefined,
  upstreamFailed: readonly string[],
): Why {
  const { by, reason, was } = marks(task.marked);
  if (by !== undefined)
    return {
      sentence: `${by} marked it ${task.state}${was === undefined ? '' : `; it was ${was.replaceAll('_', ' ')}`}.`,
      ...(reason === undefined ? {} : { hint: `Reason: ${reason}` }),
      steps: ['clear'],
    };
  const last = attempts.at(-1);
  const fault = last?.error ?? null;
  switch (task.state) {
    case 'failed': {
      const tries =
        attempts.length > 1 && attempts.every((a) => a.error?.message === fault?.message)
          ? ` It failed the same way in all ${attempts.length} tries.`
          : '';
      return {
        sentence: `${fault?.message ?? task.note ?? 'It failed without a message. Its log may say more.'}${tries}`,
        ...(fault?.hint === undefined ? {} : { hint: fault.hint }),
        ...(fault?.detail === undefined ? {} : { detail: fault.detail }),
        steps: ['first-error', 'draft', 'rerun-here', 'mark'],
      };
    }
    case 'up_for_retry':
      return fault === null
        ? { sentence: task.note ?? waiting?.reason.text ?? 'It waits for its next try.', steps: ['mark'] }
        : {
            sentence: `Try ${last?.number ?? task.attempt} failed: ${fault.message}`,
            hint: 'It tries again by itself after a pause.',
            steps: ['first-error', 'mark'],
          };
    case 'upstream_failed':
      return {
        sentence:
          upstreamFailed.length === 0
            ? 'It did not run because something before it failed.'
            : `It did not run because ${upstreamFailed.join(' and ')} failed.`,
        steps: [...upstreamFailed.slice(0, 2).map((taskId): Step => ({ task: taskId })), 'mark'],
      };
    case 'pending':
    case 'ready':
    case 'deferred':
    case 'awaiting_approval':
      return { sentence: waiting?.reason.text ?? task.note ?? 'It is about to be decided.', steps: [] };
    case 'running':
      return whyRunning(task.pace, last);
    case 'skipped':
      return { sentence: task.note ?? 'A branch or a condition left it out.', steps: ['clear'] };
    case 'cancelled':
      return { sentence: task.note ?? 'It was stopped.', steps: ['rerun-here'] };
    case 'restored':
      return {
        sentence: 'Nothing it depends on had changed, so it took over the result of an earlier attempt.',
        steps: ['clear'],
      };
    default:
      return {
        // an approval's decision is its reason
        sentence: task.note ?? `It succeeded${task.attempt > 1 ? ` in try ${task.attempt}` : ''}${task.rowCount === null ? '' : ` and gave ${plural(task.rowCount, 'row')}`}.`,
        steps: ['clear'],
      };
  }
}
