import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRIGGER_RULES, type PlannedTask, type TriggerRule } from '@/lib/pipeline';
import { judgeRun } from './judge-run';
import { judgeTask, type DecisionFacts } from './judge-task';
import { endingOf, type TaskState } from './states';

/** How a task ends when it runs: of a task that never runs this is never asked. */
type Result = 'succeeded' | 'failed' | 'skipped' | 'upstream_failed';
const RESULTS: readonly Result[] = ['succeeded', 'failed', 'skipped'];
/** An upstream may have come to this as well, for reasons before it. */
const ENDS: readonly Result[] = [...RESULTS, 'upstream_failed'];

/** One task of a drawn graph: its upstreams by ordinal, its rule or its expression, and what it would come to. */
type Drawn = { up: readonly number[]; rule: TriggerRule; result: Result; when?: When; failureAllowed?: boolean };

/** Expressions over a task's direct upstreams, in the words of an editor. */
const WHENS = {
  'any succeeded': (ends: TaskState[]) => ends.includes('succeeded'),
  'all succeeded': (ends: TaskState[]) => ends.every((end) => end === 'succeeded'),
  'any failed': (ends: TaskState[]) => ends.includes('failed'),
  'none skipped': (ends: TaskState[]) => !ends.includes('skipped'),
  'the first failed, or the last did not': (ends: TaskState[]) => ends[0] === 'failed' || ends.at(-1) !== 'failed',
  'a param is set': () => true,
  'a param is not set': () => false,
} as const;
type When = keyof typeof WHENS;

function facts(graph: readonly Drawn[], states: TaskState[]): DecisionFacts {
  const ids = graph.map((_, i) => `t${i}`);
  const tasks = graph.map(
    (drawn, i): PlannedTask =>
      ({
        taskId: ids[i]!, kind: 'empty', upstream: [...drawn.up], downstream: graph.flatMap((other, j) => (other.up.includes(i) ? [j] : [])), triggerRule: drawn.rule,
        when: drawn.when ?? null, failureAllowed: drawn.failureAllowed ?? false, handlesFailures: false, latestOnly: false,
      }) as unknown as PlannedTask,
  );
  return {
    tasks,
    states,
    taken: new Map(),
    evaluate: (ordinal, ends) => WHENS[graph[ordinal]!.when!](graph[ordinal]!.up.map((up) => ends[up]!)),
    readsOutput: () => false,
    // one that looks at its upstreams names them all
    names: (ordinal) => (graph[ordinal]!.when?.startsWith('a param') ? [] : graph[ordinal]!.up.map((up) => ids[up]!)),
    outdated: false,
  };
}

const VERDICT = { skip: 'skipped', upstream_failed: 'upstream_failed' } as const;

/**
 * Runs a graph to its end: verdicts are taken as soon as they can be, and of the tasks that run always that one ends next which
 * `order` puts first.
 */
function runner(graph: readonly Drawn[]): (order: readonly number[]) => TaskState[] {
  const states: TaskState[] = graph.map(() => 'pending');
  const decide = facts(graph, states);
  return (order) => {
    states.fill('pending');
    for (;;) {
      for (let moved = true; moved; ) {
        moved = false;
        for (const [i] of graph.entries()) {
          if (states[i] !== 'pending') continue;
          const verdict = judgeTask(decide, i);
          if (verdict === 'wait') continue;
          states[i] = verdict === 'run' ? 'running' : VERDICT[verdict];
          moved = true;
        }
      }
      const next = order.find((i) => states[i] === 'running');
      if (next === undefined) return states;
      states[next] = graph[next]!.result;
    }
  };
}

/** The same by final states alone: each task is judged once all before it have ended. Upstreams come before their tasks. */
function settled(graph: readonly Drawn[]): TaskState[] {
  const states: TaskState[] = graph.map(() => 'pending');
  const decide = facts(graph, states);
  for (const [i, drawn] of graph.entries()) {
    const verdict = judgeTask(decide, i);
    if (verdict === 'wait') throw new Error(`Task ${i} waits though everything before it has ended.`);
    states[i] = verdict === 'run' ? drawn.result : VERDICT[verdict];
  }
  return states;
}

const runVerdict = (graph: readonly Drawn[], states: TaskState[]) =>
  judgeRun(facts(graph, states).tasks, states, 'handled', (ordinal, ends) => WHENS[graph[ordinal]!.when!](graph[ordinal]!.up.map((up) => ends[up]!)));

function* orders(ids: number[]): Generator<number[]> {
  if (ids.length === 0) yield [];
  for (const head of ids) for (const tail of orders(ids.filter((id) => id !== head))) yield [head, ...tail];
}

function* products<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [head, ...rest] = lists;
  if (head === undefined) yield [];
  else for (const value of head) for (const tail of products(rest)) yield [value, ...tail];
}

/** All graphs of so many tasks, each edge from a task to a later one. */
function* graphs(count: number): Generator<number[][]> {
  const pairs = Array.from({ length: count }, (_, to) => Array.from({ length: to }, (_, from) => [from, to] as const)).flat();
  for (let mask = 0; mask < 1 << pairs.length; mask++) {
    const up: number[][] = Array.from({ length: count }, () => []);
    pairs.forEach(([from, to], bit) => mask & (1 << bit) && up[to]!.push(from));
    yield up;
  }
}

/** Fails with the graph in a line. The whole comparison is one string: millions of them are made. */
function expectSame(graph: readonly Drawn[], orders: Iterable<readonly number[]>, expected: string): void {
  const run = runner(graph);
  for (const order of orders) {
    const got = run(order).join(' ');
    if (got !== expected) expect({ graph, order, states: got }).toEqual({ graph, order, states: expected });
  }
}

describe('what becomes of a run hangs on how its tasks end, never on the order in which they do', () => {
  it('for one task under every rule and every expression, every result of up to five upstreams, every order of arrival', () => {
    const whens = [undefined, ...(Object.keys(WHENS) as When[])];
    for (let count = 1; count <= 5; count++) {
      const all = [...orders(Array.from({ length: count }, (_, i) => i))].map((order) => [...order, count]);
      for (const results of products(Array.from({ length: count }, () => ENDS))) {
        // a rule counts; an expression may tell its upstreams apart, which four of them show
        const sorted = results.every((result, i) => i === 0 || results[i - 1]! <= result);
        for (const when of whens) {
          if (!sorted && (when === undefined || count === 5)) continue;
          for (const rule of when === undefined ? TRIGGER_RULES : (['all_success'] as const)) {
            const graph: Drawn[] = [...results.map((result): Drawn => ({ up: [], rule: 'all_success', result })), { up: results.map((_, i) => i), rule, result: 'succeeded', ...(when ? { when } : {}) }];
            const expected = settled(graph).join(' ');
            expectSame(graph, all, expected);
          }
        }
      }
    }
  }, 120_000);

  it('for every graph of up to three tasks, under all rules, with all results, in all orders', () => {
    let seen = 0;
    for (let count = 1; count <= 3; count++) {
      const all = [...orders(Array.from({ length: count }, (_, i) => i))];
      for (const up of graphs(count)) {
        const rules = products(up.map((upstream) => (upstream.length === 0 ? (['all_success'] as const) : TRIGGER_RULES)));
        for (const chosen of rules) {
          for (const results of products(up.map(() => RESULTS))) {
            for (const allowed of [-1, 0]) {
              const graph = up.map((upstream, i): Drawn => ({ up: upstream, rule: chosen[i]!, result: results[i]!, failureAllowed: i === allowed }));
              const states = settled(graph);
              const expected = states.join(' ');
              expectSame(graph, all, expected);
              const verdict = runVerdict(graph, states);
              const hurt = states.some((state, i) => ['f', 'u'].includes(endingOf(state, graph[i]!.failureAllowed) ?? ''));
              // nothing hurt: succeeded; hurt at an end that nobody follows: failed
              if (!hurt && verdict !== 'succeeded') expect({ graph, states, verdict }).toMatchObject({ verdict: 'succeeded' });
              if (states.some((state, i) => ['f', 'u'].includes(endingOf(state, graph[i]!.failureAllowed) ?? '') && !up.some((upstream) => upstream.includes(i))) && verdict !== 'failed') {
                expect({ graph, states, verdict }).toMatchObject({ verdict: 'failed' });
              }
              seen += 1;
            }
          }
        }
      }
    }
    // a second task follows none or the first under 12 rules, a third none or three sets of them under 12 rules
    expect(seen).toBe(2 * (3 + 9 * (1 + 12) + 27 * (1 + 12) * (1 + 3 * 12)));
  }, 120_000);

  it('for random graphs of up to 60 tasks with rules and expressions', () => {
    const drawn = (i: number): fc.Arbitrary<Drawn> =>
      fc.record(
        {
          up: i === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(i - 1), { maxLength: 5 }),
          rule: fc.constantFrom(...TRIGGER_RULES),
          result: fc.constantFrom(...RESULTS),
          when: fc.constantFrom(...(Object.keys(WHENS) as When[])),
          failureAllowed: fc.boolean(),
        },
        { requiredKeys: ['up', 'rule', 'result'] },
      );
    const shuffles = (count: number) => fc.array(fc.shuffledSubarray(Array.from({ length: count }, (_, i) => i), { minLength: count }), { minLength: 4, maxLength: 4 });
    const cases = fc.integer({ min: 2, max: 60 }).chain((count) => fc.tuple(fc.tuple(...Array.from({ length: count }, (_, i) => drawn(i))), shuffles(count)));
    fc.assert(
      fc.property(cases, ([graph, shuffled]) => {
        const expected = settled(graph);
        const run = runner(graph);
        for (const order of shuffled) {
          const states = run(order);
          expect(states).toEqual(expected);
          expect(runVerdict(graph, states)).toBe(runVerdict(graph, expected));
        }
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
