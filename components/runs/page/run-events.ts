import type { AttemptMomentData, StoryData } from './story-data';
import type { RunData } from './run-data';
import { triggerWord } from '../words';
import { formatDuration } from '@/components/time/format';

/** Something that happened in a run; `state` gives its icon. */
export type RunEvent = {
  key: string;
  at: string;
  /** its icon, when no state has it */
  icon?: 'alert';
  state: string;
  text: string;
  taskId?: string;
  attempt?: number;
};

const ENDED: Record<string, [string, string]> = {
  succeeded: ['succeeded', 'succeeded'],
  failed: ['failed', 'failed'],
  timed_out: ['failed', 'took too long and was stopped'],
  lost: ['up_for_retry', 'was lost with its worker'],
  cancelled: ['cancelled', 'was stopped'],
  skipped: ['skipped', 'was skipped'],
};
const ACTS: Record<string, [string, string]> = {
  'run.cancel': ['cancelled', 'stopped the run'],
  'run.rerun': ['restored', 'ran it again'],
  'task.clear': ['restored', 'started over'],
  'task.mark': ['awaiting_approval', 'marked'],
};

const part = (value: unknown, key: string): string | null => {
  if (typeof value !== 'object' || value === null || !(key in value)) return null;
  const found = (value as Record<string, unknown>)[key];
  return typeof found === 'string' ? found : null;
};

function attemptEvents(a: AttemptMomentData, nameOf: (taskId: string) => string): RunEvent[] {
  const name = nameOf(a.taskId);
  const which = a.mapIndex === null ? name : `${name} [${a.mapIndex}]`;
  const tried = a.number > 1 ? `, try ${a.number}` : '';
  const key = `${a.taskId} ${a.mapIndex ?? ''} ${a.number}`;
  const about = { taskId: a.taskId, attempt: a.number };
  const events: RunEvent[] = [
    {
      key: `${key} start`,
      at: a.startedAt ?? a.claimedAt,
      state: a.finishedAt === null ? 'running' : 'ready',
      text: `${which} started${tried}${a.worker === null ? '' : ` on ${a.worker}`}`,
      ...about,
    },
  ];
  if (a.finishedAt !== null) {
    const [state, word] = ENDED[a.state] ?? ['pending', a.state.replaceAll('_', ' ')];
    const took = formatDuration(Date.parse(a.finishedAt) - Date.parse(a.startedAt ?? a.claimedAt));
    events.push({
      key: `${key} end`,
      at: a.finishedAt,
      state,
      text: `${which} ${word}${tried} after ${took}${a.message === null ? '' : `: ${a.message}`}`,
      ...about,
    });
  }
  return events;
}

/** eventsOf tells the story of a run, oldest first: its own times, its attempts, and what people did. */
export function eventsOf(run: RunData, story: StoryData, nameOf: (taskId: string) => string): RunEvent[] {
  const events: RunEvent[] = [
    {
      key: 'created',
      at: run.createdAt,
      state: 'queued',
      text: `Run created ${run.trigger.kind === 'manual' ? 'by hand' : `by ${triggerWord(run.trigger.kind)}`}${run.createdBy === null ? '' : `, ${run.createdBy}`}`,
    },
    ...story.attempts.flatMap((attempt) => attemptEvents(attempt, nameOf)),
    ...story.events.map(
      (e): RunEvent => ({
        key: `${e.taskId} ${e.mapIndex ?? ''} ${e.attempt} ${e.kind} ${e.since}`,
        at: e.at,
        state: 'running',
        ...(e.kind === 'stalled' ? { icon: 'alert' as const } : {}),
        text: `${nameOf(e.taskId)}${e.mapIndex === null ? '' : ` [${e.mapIndex}]`}${e.attempt > 1 ? `, try ${e.attempt}` : ''}: ${e.text}`,
        taskId: e.taskId,
        attempt: e.attempt,
      }),
    ),
    ...story.acts.flatMap((act): RunEvent[] => {
      const known = ACTS[act.verb];
      if (known === undefined) return [];
      const task = part(act.before, 'task') ?? part(act.after, 'task');
      const to = act.verb === 'task.mark' ? ` ${part(act.after, 'state') ?? ''}` : '';
      const why = part(act.after, 'reason');
      return [
        {
          key: act.id,
          at: act.at,
          state: known[0],
          text: `${act.actor} ${known[1]}${task === null ? '' : ` ${nameOf(task)}`}${to}${why === null ? '' : `: ${why}`}`,
          ...(task === null ? {} : { taskId: task }),
        },
      ];
    }),
  ];
  if (run.finishedAt !== null)
    events.push({ key: 'ended', at: run.finishedAt, state: run.state, text: `Run ${run.state}` });
  return events
    .map((event, i) => ({ event, i }))
    .sort((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at) || a.i - b.i)
    .map(({ event }) => event);
}
