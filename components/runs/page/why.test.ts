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
