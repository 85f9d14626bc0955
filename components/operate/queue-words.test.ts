import { describe, expect, it } from 'vitest';
import { minuteSeries, queueSentence } from './queue-words';

const lane = (running: number, ready: number) => ({ lane: 0, running, ready, recentShare: null });

describe('the queue in words', () => {
  it.each([
    [{ slots: 4, lanes: [lane(0, 0)] }, '0 of 4 slots held. Nobody waits.'],
    [{ slots: 4, lanes: [lane(3, 1), lane(1, 0)] }, '4 of 4 slots held, 1 task waits.'],
    [{ slots: 0, lanes: [lane(0, 2)] }, 'No worker is running, and 2 tasks wait.'],
  ])('%j', (given, words) => expect(queueSentence(given)).toBe(words));
});

it('averages the looks of a minute over its four quarters, whole minutes only', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const looks = [
    { at: at(0), key: 'a', running: 4 },
    { at: at(15), key: 'a', running: 4 },
    { at: at(15), key: 'b', running: 2 },
    { at: at(75), key: 'b', running: 9 },
  ];
  expect(minuteSeries(looks, Date.parse(at(0)), Date.parse(at(100)))).toEqual([{ at: Date.parse(at(0)), held: { a: 2, b: 0.5 } }]);
});
