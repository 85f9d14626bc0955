import { expect, it } from 'vitest';
import type { RunData } from './run-data';
import { eventsOf } from './run-events';

const at = (s: number) => new Date(Date.UTC(2026, 0, 1, 6, 0, s)).toISOString();
const run = {
  createdAt: at(0),
  finishedAt: at(20),
  state: 'succeeded',
  trigger: { kind: 'manual' },
  createdBy: 'Mona',
  tasks: [],
} as unknown as RunData;
const attempt = {
  taskId: 'clean',
  mapIndex: null,
  number: 1,
  state: 'failed',
  worker: 'worker-1',
  claimedAt: at(1),
  startedAt: at(2),
  finishedAt: at(4),
  message: 'No column x.',
};

it('tells attempts and what people did in the order of time', () => {
  const events = eventsOf(
    run,
    {
      attempts: [
        attempt,
        {
          ...attempt,
          number: 2,
          state: 'succeeded',
          claimedAt: at(10),
          startedAt: at(10),
          finishedAt: at(11),
          message: null,
        },
      ],
      events: [
        { taskId: 'clean', mapIndex: null, attempt: 1, kind: 'stalled', since: at(2), at: at(3), text: 'No CPU, output or progress for 1 s: stalled.' },
        { taskId: 'clean', mapIndex: 4, attempt: 2, kind: 'resumed', since: at(2), at: at(10), text: 'Resumed after 7 s without a sign of life.' },
      ],
      acts: [
        {
          id: '1',
          at: at(8),
          actor: 'Mona',
          verb: 'run.rerun',
          before: { state: 'failed' },
          after: { from: 'failed' },
        },
        {
          id: '2',
          at: at(15),
          actor: 'Ali',
          verb: 'task.mark',
          before: { task: 'clean' },
          after: { task: 'clean', state: 'skipped', reason: 'not needed' },
        },
        { id: '3', at: at(16), actor: 'Ali', verb: 'run.read', before: null, after: null },
      ],
    },
    (id) => id,
  );
  expect(events.map((e) => e.text)).toEqual([
    'Run created by hand, Mona',
    'clean started on worker-1',
    'clean: No CPU, output or progress for 1 s: stalled.',
    'clean failed after 2.0 s: No column x.',
    'Mona ran it again',
    'clean started, try 2 on worker-1',
    'clean [4], try 2: Resumed after 7 s without a sign of life.',
    'clean succeeded, try 2 after 1.0 s',
    'Ali marked clean skipped: not needed',
    'Run succeeded',
  ]);
});
