import { expect, it } from 'vitest';
import { plainSentence, runSentence, type SentenceTask } from './run-sentence';

const tasks = (...states: string[]): SentenceTask[] =>
  states.map((s, i) => {
    const [state = '', attempt = '1'] = s.split('*');
    return {
      taskId: `t${i}`,
      name: ['read', 'clean', 'join airports', 'report'][i] ?? `t${i}`,
      state,
      attempt: Number(attempt),
    };
  });

it.each([
  ['queued', tasks('pending', 'pending'), 'Waiting to start, 2 tasks'],
  ['running', tasks('succeeded', 'running', 'pending'), 'Running clean, 1 of 3 done'],
  ['running', tasks('running', 'running', 'running'), 'Running read, clean and 1 more, 0 of 3 done'],
  ['running', tasks('failed', 'running', 'pending'), 'Running clean, 0 of 3 done, read failed'],
  ['running', tasks('failed', 'running').map((t) => ({ ...t, pace: { state: 'stalled' } })), 'Running clean, 0 of 2 done, clean stalled, read failed'],
  ['running', tasks('succeeded', 'up_for_retry', 'pending'), 'Waiting to try clean again, 1 of 3 done'],
  ['running', tasks('succeeded', 'ready'), 'Waiting for a free slot, 1 of 2 done'],
  ['running', tasks('succeeded', 'awaiting_approval'), 'Waiting for an approval of clean'],
  ['succeeded', tasks('succeeded'), 'Succeeded, 1 task done'],
  ['succeeded', tasks('succeeded', 'restored'), 'Succeeded, all 2 tasks done'],
  ['succeeded', tasks('succeeded', 'skipped', 'succeeded'), 'Succeeded, 2 tasks done, 1 task skipped'],
  [
    'succeeded',
    tasks('succeeded', 'failed', 'succeeded'),
    'Succeeded, 2 tasks done, clean was allowed to fail',
  ],
  [
    'failed',
    tasks('succeeded', 'failed*3', 'upstream_failed', 'upstream_failed'),
    'Failed in clean after 3 tries, 2 tasks not run',
  ],
  ['failed', tasks('failed', 'upstream_failed'), 'Failed in read, 1 task not run'],
  ['failed', tasks('failed*2', 'failed'), 'Failed in read and clean'],
  ['failed', tasks('cancelled', 'upstream_failed'), 'Failed: read stopped, 1 task not run'],
  [
    'cancelled',
    tasks('succeeded', 'cancelled', 'cancelled'),
    'Stopped with 1 of 3 done, 2 tasks not finished',
  ],
  ['cancelled', tasks('succeeded', 'succeeded'), 'Stopped with 2 of 2 done'],
])('a %s run says in one sentence what happened (%#)', (state, given, sentence) => {
  expect(plainSentence(runSentence(state, given))).toBe(sentence);
});

it('links the tasks that it names', () => {
  expect(runSentence('failed', tasks('succeeded', 'failed')).find((p) => p.taskId !== undefined)).toEqual({
    text: 'clean',
    taskId: 't1',
  });
});
