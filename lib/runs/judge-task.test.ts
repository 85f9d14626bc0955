import { expect, it } from 'vitest';
import { evaluateCondition, expressionReads } from '@/lib/core/expressions';
import { compile, type DraftSpec } from '@/lib/pipeline';
import { judgeTask } from './judge-task';
import { taskFact } from './scope';
import { type TaskState } from './states';

const verdict = (when: string, states: [TaskState, TaskState], more: { outdated?: boolean; latestOnly?: boolean } = {}) => {
  const task = (id: string, rest: object = {}) => ({ id, kind: 'empty', config: {}, ...rest });
  const spec = { tasks: [task('a'), task('b'), task('c', { when, ...(more.latestOnly ? { latestOnly: true } : {}) })], edges: [{ from: 'a', to: 'c' }, { from: 'b', to: 'c' }], settings: {} };
  const { tasks } = compile(spec as unknown as DraftSpec);
  return judgeTask(
    {
      tasks,
      states: [...states, 'pending'],
      taken: new Map(),
      evaluate: (ordinal, now) => evaluateCondition(tasks[ordinal]!.when!, { params: { full: true }, paramTypes: {}, run: undefined, tasks: { a: taskFact(now[0]!, null), b: taskFact(now[1]!, null) } }),
      readsOutput: () => expressionReads(when).readsOutput,
      names: () => expressionReads(when).taskIds,
      outdated: more.outdated ?? false,
    },
    2,
  );
};

it.each([
  ['tasks.a.succeeded || tasks.b.succeeded', ['succeeded', 'running'], 'run'],
  ['tasks.a.succeeded || tasks.b.succeeded', ['running', 'running'], 'wait'],
  ['tasks.a.succeeded && tasks.b.succeeded', ['failed', 'running'], 'upstream_failed'],
  ['params.full', ['succeeded', 'running'], 'wait'],
  ['params.full', ['succeeded', 'succeeded'], 'run'],
  ['params.full', ['succeeded', 'failed'], 'run'],
  ['tasks.a.succeeded', ['succeeded', 'running'], 'wait'],
  ['!params.full', ['succeeded', 'succeeded'], 'skip'],
] as const)('%s with %j: %s', (when, states, expected) => {
  expect(verdict(when, [...states])).toBe(expected);
});

it.each([
  [true, true, 'skip'],
  [true, false, 'run'],
  [false, true, 'run'],
])('latest only %s, a newer interval has ended %s: %s', (latestOnly, outdated, expected) => {
  expect(verdict('params.full', ['succeeded', 'succeeded'], { latestOnly, outdated })).toBe(expected);
});
