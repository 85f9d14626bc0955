import { describe, expect, it } from 'vitest';
import { compile, emptySpec } from '@/lib/pipeline';
import { mapRows, redoOf } from './map-reset';
import { resetTasks } from './reset';
import type { TaskState } from './states';

/** list → each (mapped) → after */
const { tasks } = compile({
  ...emptySpec(),
  tasks: [
    { id: 'list', kind: 'empty', config: {} },
    { id: 'each', kind: 'empty', config: {}, map: { over: '[1]', maxParallel: 2 } },
    { id: 'after', kind: 'empty', config: {} },
  ],
  edges: [{ from: 'list', to: 'each' }, { from: 'each', to: 'after' }],
});
const [LIST, EACH, AFTER] = [0, 1, 2];
const spread = (open: number) => new Map([[EACH, { open }]]);

describe('redoOf', () => {
  const failed: TaskState[] = ['succeeded', 'failed', 'upstream_failed'];
  it.each([
    ['a task without a list begins with one', new Map<number, { open: number }>(), new Set([EACH]), { onlyFailed: true }, 'list'],
    ['what changes before it changes its list', spread(0), new Set([LIST, EACH]), { onlyFailed: true }, 'list'],
    ['only failures are mended', spread(0), new Set([EACH, AFTER]), { onlyFailed: true }, 'failed'],
    ['one part starts over', spread(0), new Set([EACH]), { onlyFailed: false, part: { ordinal: EACH, mapIndex: 7 } }, [7]],
    ['a part does not, when the list is made anew', spread(0), new Set([LIST, EACH]), { onlyFailed: false, part: { ordinal: EACH, mapIndex: 7 } }, 'list'],
    ['everything starts over', spread(0), new Set([EACH]), { onlyFailed: false }, 'list'],
  ] as const)('%s', (_, known, chosen, wish, expected) => {
    expect(redoOf(tasks, failed, known, chosen, wish).get(EACH)).toEqual(expected);
  });
});

describe('mapRows', () => {
  const rowsOf = (states: TaskState[], chosen: number[], open: number, redo: Map<number, 'list' | 'failed' | number[]>) => {
    const unjudged = new Set(redo.get(EACH) === 'list' ? [] : [EACH]);
    return mapRows(tasks, resetTasks(tasks, states, new Set(chosen), unjudged), spread(open), redo);
  };

  it('lets a task with its list wait for its open parts', () => {
    const rows = rowsOf(['succeeded', 'failed', 'upstream_failed'], [EACH, AFTER], 3, new Map([[EACH, 'failed']]));
    expect(rows[EACH]).toMatchObject({ state: 'pending', counts: { p: 3 }, undecided: true, map: { rule: 'all_done', keepsList: true } });
    expect(rows[AFTER]).toMatchObject({ state: 'pending', counts: { p: 1 } });
  });

  it('judges a task anew whose parts have all ended', () => {
    expect(rowsOf(['succeeded', 'failed', 'upstream_failed'], [EACH], 0, new Map([[EACH, []]]))[EACH]).toMatchObject({ state: 'ready', reset: true });
  });

  it('leaves a task alone that waits for its parts while another one starts over', () => {
    const rows = rowsOf(['pending', 'pending', 'pending'], [LIST], 5, new Map());
    expect(rows[EACH]).toMatchObject({ state: 'pending', reset: false, counts: { p: 6 } });
  });

  it('gives a task back its trigger rule when its list is made anew', () => {
    const rows = rowsOf(['succeeded', 'succeeded', 'succeeded'], [EACH, AFTER], 0, new Map([[EACH, 'list']]));
    expect(rows[EACH]).toMatchObject({ state: 'ready', counts: { p: 0, s: 1 }, map: { rule: 'all_success', keepsList: false } });
  });
});
