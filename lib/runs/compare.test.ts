import { describe, expect, it } from 'vitest';
import { paramDifferences, taskDifferences } from './compare';
import type { GridCell } from './schema';

const cell = (state: GridCell['state'], tookMs: number | null = null, rowCount: number | null = null): GridCell => ({ state, tookMs, rowCount, parts: 1, attempts: 1 });

describe('taskDifferences', () => {
  it.each<[string, GridCell | null, GridCell | null, string[]]>([
    ['the same', cell('succeeded', 5000, 10), cell('succeeded', 5400, 10), []],
    ['failed now', cell('failed', 5000), cell('succeeded', 5000, 10), ['state']],
    ['far slower', cell('succeeded', 9000, 10), cell('succeeded', 5000, 10), ['duration']],
    ['far faster', cell('succeeded', 1000, 10), cell('succeeded', 5000, 10), ['duration']],
    ['twice as long, but by a trifle', cell('succeeded', 400, 10), cell('succeeded', 200, 10), []],
    ['fewer rows', cell('succeeded', 5000, 9), cell('succeeded', 5000, 10), ['rows']],
    ['a new task', cell('succeeded'), null, ['state']],
    ['a task that is gone', null, cell('succeeded'), ['state']],
  ])('%s', (_, now, before, differs) => expect(taskDifferences(now, before)).toEqual(differs));
});

it('lists params that differ, by name', () => {
  expect(paramDifferences({ b: 1, a: [1], same: { x: 1 } }, { a: [2], same: { x: 1 }, old: 'y' })).toEqual([
    { name: 'a', now: [1], before: [2] },
    { name: 'b', now: 1, before: null },
    { name: 'old', now: null, before: 'y' },
  ]);
});
