import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, findCycle } from './compile';
import { draftSpecSchema, type DraftSpec } from './spec';

const spec = (
  tasks: (string | Record<string, unknown>)[],
  edges: [string, string][],
  rest: object = {},
): DraftSpec =>
  draftSpecSchema.parse({
    tasks: tasks.map((task) =>
      typeof task === 'string' ? { id: task, kind: 'empty' } : { kind: 'empty', ...task },
    ),
    edges: edges.map(([from, to]) => ({ from, to })),
    ...rest,
  });

describe('compile', () => {
  it('orders tasks by their edges and keeps the written order otherwise', () => {
    const plan = compile(
      spec(
        ['d', 'b', 'c', 'a'],
        [
          ['a', 'b'],
          ['a', 'c'],
          ['b', 'd'],
          ['c', 'd'],
        ],
      ),
    );
    expect(plan.tasks.map((task) => task.taskId)).toEqual(['a', 'b', 'c', 'd']);
    expect(plan.tasks.map((task) => task.upstream)).toEqual([[], [0], [0], [1, 2]]);
    expect(plan.tasks.map((task) => task.downstream)).toEqual([[1, 2], [3], [3], []]);
  });

  it('gives every task a policy for stalls, whole also where a draft is not', () => {
    const plan = compile(spec(['a', { id: 'b', stalled: { afterSeconds: 60, then: 'retry' } }, { id: 'c', stalled: { afterSeconds: 'x', then: 'shout' } }, { id: 'd', stalled: 7 }], []));
    const told = { afterSeconds: 300, then: 'alert' };
    expect(plan.tasks.map((task) => task.stalled)).toEqual([told, { afterSeconds: 60, then: 'retry' }, told, told]);
  });

  it('takes two edges between the same tasks for one link', () => {
    const plan = compile(spec(['a', 'b'], [['a', 'b'], ['a', 'b']])); // prettier-ignore
    expect(plan.tasks[1]?.upstream).toEqual([0]);
  });

  it('marks tasks with an expression or behind a branch for a decision of their own', () => {
    const plan = compile(
      spec(
        [
          { id: 'choose', kind: 'branch' },
          'after',
          { id: 'gated', when: 'tasks.after.succeeded' },
          { id: 'each', map: { over: '[1]' } },
          'far',
        ],
        [
          ['choose', 'after'],
          ['after', 'gated'],
          ['after', 'far'],
        ],
      ),
    );
    expect(Object.fromEntries(plan.tasks.map((task) => [task.taskId, task.decides]))).toEqual({
      choose: false,
      after: true,
      gated: true,
      each: false,
      far: false,
    });
  });

  it('sums priorities as the weight rule says, every relative once', () => {
    const diamond: [string, string][] = [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'd'],
      ['c', 'd'],
    ];
    const tasks = ['a', 'b', 'c', { id: 'd', priority: 10 }];
    const of = (weightRule: string) =>
      compile(spec(tasks, diamond, { settings: { weightRule } })).tasks.map((task) => task.priority);
    expect(of('downstream')).toEqual([13, 11, 11, 10]);
    expect(of('upstream')).toEqual([1, 2, 2, 13]);
    expect(of('absolute')).toEqual([1, 1, 1, 10]);
    expect(compile(spec(tasks, diamond)).tasks[0]?.priority).toBe(13);
  });

  it('names a cycle', () => {
    const loop = spec(['a', 'b', 'c'], [['a', 'b'], ['b', 'c'], ['c', 'b']]); // prettier-ignore
    expect(findCycle(loop)).toEqual(['b', 'c', 'b']);
    expect(() => compile(loop)).toThrow('b → c → b');
  });

  it('points every edge of a random graph forward', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 120 }),
        fc.boolean(),
        (n, pairs, reverse) => {
          const ids = Array.from({ length: n }, (_, i) => `t${i}`);
          const edges = pairs
            .filter(([a, b]) => a < b && b < n)
            .map(([a, b]): [string, string] => (reverse ? [`t${b}`, `t${a}`] : [`t${a}`, `t${b}`]));
          const plan = compile(spec(ids, edges));
          expect(new Set(plan.tasks.map((task) => task.taskId)).size).toBe(n);
          for (const task of plan.tasks)
            for (const down of task.downstream) expect(down).toBeGreaterThan(task.ordinal);
        },
      ),
    );
  });
});
