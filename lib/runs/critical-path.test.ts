import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath, type TimedTask } from './critical-path';

const task = (begunAt: number | null, endedAt: number | null, ...upstream: number[]): TimedTask => ({ begunAt, endedAt, upstream });

describe('criticalPath', () => {
  it.each<[string, TimedTask[], number | null, number[], (number | null)[]]>([
    ['nothing', [], null, [], []],
    ['nothing begun', [task(null, null), task(null, null, 0)], 50, [], [null, null]],
    ['a chain', [task(0, 10), task(10, 15, 0), task(15, 40, 1)], null, [0, 1, 2], [0, 0, 0]],
    ['the slower of two branches', [task(0, 10), task(10, 30, 0), task(10, 90, 0), task(90, 95, 1, 2)], null, [0, 2, 3], [0, 60, 0, 0]],
    ['a wait for a slot counts to the task that waited', [task(0, 10), task(0, 4), task(60, 70, 0, 1)], null, [0, 2], [0, 6, 0]],
    ['two ends', [task(0, 10), task(10, 30, 0), task(10, 20, 0)], null, [0, 1], [0, 0, 10]],
    ['one success is enough: the first that ended started it', [task(0, 10), task(0, 80), task(10, 90, 0, 1)], null, [0, 2], [0, 10, 0]],
    ['tasks that were passed over end with their cause and do not determine the end', [task(0, 10), task(null, 11, 0), task(0, 5)], null, [0], [0, null, 5]],
    ['a skipped task on the way', [task(0, 10), task(null, 10, 0), task(12, 30, 1)], null, [0, 1, 2], [0, null, 0]],
    ['live: the one that runs longest', [task(0, 10), task(20, null, 0), task(12, null, 0)], 40, [0, 2], [null, null, null]],
  ])('%s', (_, tasks, now, path, slackMs) => {
    const found = criticalPath(tasks, now);
    expect(found.path).toEqual(path);
    expect(found.slackMs).toEqual(slackMs);
  });

  it('on random graphs: the spans of the chain are the whole, and slack is exactly what a task may be late', () => {
    fc.assert(
      fc.property(graphs, ({ lengths, waits, upstream }) => {
        const ends = endsOf(lengths, waits, upstream);
        const whole = Math.max(...ends);
        const tasks = lengths.map((length, i) => ({ begunAt: ends[i]! - length, endedAt: ends[i]!, upstream: upstream[i]! }));
        const { path, slackMs, driver } = criticalPath(tasks, null);

        expect(ends[path.at(-1)!]).toBe(whole);
        expect(driver[path[0]!]).toBeNull();
        expect(path.reduce((sum, at) => sum + lengths[at]! + waits[at]!, 0)).toBe(whole);
        for (const at of path) expect(slackMs[at]).toBe(0);
        for (const [at, slack] of slackMs.entries()) {
          const late = (by: number) => Math.max(...endsOf(lengths.map((l, i) => l + (i === at ? by : 0)), waits, upstream));
          expect(late(slack!)).toBe(whole);
          expect(late(slack! + 1)).toBe(whole + 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** When tasks end that wait for all their upstreams, then for a slot, then work. */
function endsOf(lengths: number[], waits: number[], upstream: number[][]): number[] {
  const ends: number[] = [];
  for (const [i, length] of lengths.entries()) ends.push(Math.max(0, ...upstream[i]!.map((u) => ends[u]!)) + waits[i]! + length);
  return ends;
}

const graphs = fc.integer({ min: 1, max: 14 }).chain((count) =>
  fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: count, maxLength: count }),
    waits: fc.array(fc.nat(20), { minLength: count, maxLength: count }),
    upstream: fc.tuple(...Array.from({ length: count }, (_, i) => (i === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(i - 1), { maxLength: 4 })))),
  }),
);
