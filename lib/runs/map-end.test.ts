import { describe, expect, it } from 'vitest';
import { judgeParts } from './map-end';
import type { TaskState } from './states';

const parts = (...states: TaskState[]) => states.map((state, map_index) => ({ map_index, state }));

describe('judgeParts', () => {
  it.each([
    ['all succeeded', parts('succeeded', 'restored'), false, 'succeeded'],
    ['one failed', parts('succeeded', 'failed'), false, 'failed'],
    ['one failed, which is allowed', parts('succeeded', 'failed'), true, 'succeeded'],
    ['one was cancelled', parts('succeeded', 'cancelled'), false, 'failed'],
    ['some were skipped', parts('succeeded', 'skipped'), false, 'succeeded'],
    ['all were skipped', parts('skipped', 'skipped'), false, 'skipped'],
    ['a failure and skips', parts('failed', 'skipped'), false, 'failed'],
  ] as const)('%s', (_, ends, allowed, expected) => {
    expect(judgeParts(ends, allowed).end).toBe(expected);
  });

  it('names the first parts that failed', () => {
    expect(judgeParts(parts(...Array<TaskState>(7).fill('failed'), 'succeeded'), false)).toEqual({
      end: 'failed',
      text: '7 of 8 parts did not succeed: [0], [1], [2], [3], [4] and 2 more.',
    });
  });
});
