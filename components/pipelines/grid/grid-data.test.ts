import { describe, expect, it } from 'vitest';
import type { GridView } from '@/lib/runs';
import { allFinding, durationSeries, gridFinding, gridTable, taskFinding } from './grid-data';

const T0 = Date.parse('2001-04-01T06:00:00Z');
type Cell = [state: string, ms: number | null] | null;

/** A grid of tasks a and b; runs are given oldest first, as [state of the run, cell of a, cell of b]. */
const grid = (...runs: [string, Cell, Cell][]): GridView =>
  ({
    tasks: [{ taskId: 'a', name: 'a' }, { taskId: 'b', name: 'clean' }],
    runs: runs
      .map(([state, ...cells], i) => ({
        id: `run-${String(i).padStart(6, '0')}`,
        state,
        logicalDate: null,
        createdAt: new Date(T0 + i * 86_400_000),
        startedAt: new Date(T0 + i * 86_400_000),
        finishedAt: state === 'running' ? null : new Date(T0 + i * 86_400_000 + 5000),
        cells: cells.map((c) => (c === null ? null : { state: c[0], parts: 1, attempts: 1, tookMs: c[1], rowCount: null })),
      }))
      .reverse(),
    nextCursor: null,
  }) as unknown as GridView;

const good = (ms: number): [string, Cell, Cell] => ['succeeded', ['succeeded', 100], ['succeeded', ms]];

it('says how the runs did', () => {
  expect(gridFinding(grid())).toBe('No run has ended yet');
  expect(gridFinding(grid(good(1), good(2)))).toBe('All of the last 2 runs succeeded');
  const bad = ['failed', ['succeeded', 1], ['failed', 1]] as [string, Cell, Cell];
  expect(gridFinding(grid(good(1), bad, bad, ['running', null, null]))).toBe('1 of the last 3 runs succeeded, clean failed 2 times');
});

it('lists runs oldest first, with nothing where a run has no such task', () => {
  const rows = gridTable(grid(good(1), ['failed', ['failed', 3], null])).rows;
  expect(rows).toEqual([
    ['000000', '2001-04-01T06:00:00.000Z', null, 'succeeded', 5000, 'succeeded', 'succeeded'],
    ['000001', '2001-04-02T06:00:00.000Z', null, 'failed', 5000, 'failed', null],
  ]);
});

describe('durations', () => {
  it('leaves a gap where a task did not run, and marks what is unusual', () => {
    const [, b] = durationSeries(grid(good(1000), good(1050), good(990), good(1010), good(1000), good(9000), ['failed', ['failed', 1], ['upstream_failed', null]], ['succeeded', null, ['restored', 0]]));
    expect(b!.points.map((p) => [p.ms, p.outlier])).toEqual([[1000, false], [1050, false], [990, false], [1010, false], [1000, false], [9000, true], [null, false], [null, false]]);
    expect(taskFinding(b!)).toBe('clean was slower in 1 of 6 runs, 9.0 s against 1.0 s');
  });

  it('does not judge by too few', () => {
    const [a, b] = durationSeries(grid(good(1000), ['failed', ['succeeded', 100], null]));
    expect(taskFinding(a!)).toBe('a ran 2 times, too few to say what is usual');
    expect(taskFinding(b!)).toBe('clean ran once, too few to say what is usual');
    expect(allFinding([a!, b!])).toBe('clean takes the longest, 1.0 s, 91 % of the work');
    expect(allFinding(durationSeries(grid()))).toBe('No task has succeeded yet');
  });

  it('is content when all is as usual', () => {
    expect(taskFinding(durationSeries(grid(...[1, 2, 3, 4, 5].map(() => good(1000))))[1]!)).toBe('clean takes as long as usual, usually 1.0 s');
  });
});
