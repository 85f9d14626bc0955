import { expect, it } from 'vitest';
import type { AttemptData } from './run-data';
import { whyOf } from './why';

const task = {
  taskId: 'join',
  name: 'join airports',
  state: 'failed',
  attempt: 2,
  note: null,
  marked: null,
  rowCount: null,
  pace: null,
};
const attempt = (message: string | null): AttemptData =>
  ({
    number: 1,
    state: 'failed',
    error: message === null ? null : { code: 'sql', message, hint: 'Use try_cast.' },
  }) as AttemptData;

it('says what failed, whether always the same way, and what to do', () => {
  expect(whyOf(task, [attempt('No column x.'), attempt('No column x.')], undefined, [])).toMatchObject({
    sentence: 'No column x. It failed the same way in all 2 tries.',
    hint: 'Use try_cast.',
    steps: ['first-error', 'draft', 'rerun-here', 'mark'],
  });
});

it('leads from a task that did not run to the one that failed', () => {
  expect(whyOf({ ...task, state: 'upstream_failed' }, [], undefined, ['clean'])).toEqual({
    sentence: 'It did not run because clean failed.',
    steps: [{ task: 'clean' }, 'mark'],
  });
});

it('says what a task waits for', () => {
  const waiting = {
    taskId: 'join',
    mapIndex: null,
    state: 'ready',
    reason: { code: 'queue_order', text: 'It waits for a free slot. It is next.' },
  };
  expect(whyOf({ ...task, state: 'ready' }, [], waiting, []).sentence).toBe(
    'It waits for a free slot. It is next.',
  );
});

it('says who marked it and why', () => {
  expect(
    whyOf(
      {
        ...task,
        state: 'succeeded',
        marked: { by: 'Mona', reason: 'checked by hand', was: 'upstream_failed' },
      },
      [],
      undefined,
      [],
    ),
  ).toMatchObject({
    sentence: 'Mona marked it succeeded; it was upstream failed.',
    hint: 'Reason: checked by hand',
  });
});

it('says what a good task gave', () => {
  expect(whyOf({ ...task, state: 'succeeded', rowCount: 1200 }, [], undefined, []).sentence).toBe(
    'It succeeded in try 2 and gave 1,200 rows.',
  );
});

it('says why it tries again', () => {
  expect(whyOf({ ...task, state: 'up_for_retry' }, [attempt('No column x.')], undefined, [])).toMatchObject({
    sentence: 'Try 1 failed: No column x.',
  });
});

it('says of a running task how it gets on, and what to do when it stalled', () => {
  const running = { ...task, state: 'running', attempt: 1 };
  const attempt = { number: 1, state: 'running', error: null, message: null, worker: 'w-1' } as AttemptData;
  const pace = (state: 'stalled' | 'slow', text: string) => ({ state, text, vitals: {} as never });
  expect(whyOf(running, [attempt], undefined, [])).toMatchObject({ sentence: 'It is at work on w-1.' });
  expect(whyOf({ ...running, pace: pace('slow', 'Slow: 12 min so far, usually 3 min.') }, [{ ...attempt, message: 'page 4' }], undefined, [])).toEqual({
    sentence: 'Slow: 12 min so far, usually 3 min.',
    hint: 'page 4',
    steps: [],
  });
  expect(whyOf({ ...running, pace: pace('stalled', 'No CPU, output or progress for 6 min: stalled.') }, [attempt], undefined, [])).toMatchObject({
    sentence: 'No CPU, output or progress for 6 min: stalled.',
    hint: expect.stringMatching(/^It is left running\./) as string,
    steps: ['mark', 'draft'],
  });
});
