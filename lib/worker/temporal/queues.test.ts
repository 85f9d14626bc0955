import { expect, it } from 'vitest';
import { attemptId, priorityKey, taskQueue } from './queues';

it('workers of the same tags share a queue, whatever the order', () => {
  expect(taskQueue([], false)).toBe('penstock.any');
  expect(taskQueue(['python', 'gpu'], false)).toBe('penstock.gpu+python');
  expect(taskQueue(['gpu', 'python'], true)).toBe('penstock.gpu+python.inline');
});

it('lanes are priorities, the first one the highest', () => {
  expect([0, 1, 2, 3, 9].map(priorityKey)).toEqual([1, 2, 3, 4, 5]);
});

it('every attempt has a name of its own', () => {
  expect(attemptId('r', 3, 2)).toBe('r.3.2');
});
