import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARTITIONS, partitionLease, partitionOf, partitionOfLease, shareOut, type SeenLease } from './partitions';

const all = Array.from({ length: PARTITIONS }, (_, i) => partitionLease(i));

/** What the conditional statement does with the wishes: a lease goes to the first that asks for it while it is free. */
function settle(holders: Map<string, string | null>, nodes: string[]): number {
  let changes = 0;
  const seen: SeenLease[] = [...holders].map(([name, holder]) => ({ name, holder }));
  for (const node of nodes) {
    const { take, release } = shareOut(node, nodes, seen);
    for (const name of release) {
      holders.set(name, null);
      changes++;
    }
    for (const name of take) {
      if (holders.get(name) !== null) continue;
      holders.set(name, node);
      changes++;
    }
  }
  return changes;
}

describe('shareOut', () => {
  it('gives everything to a node that is alone', () => {
    const { take, release } = shareOut('a', [], all.map((name) => ({ name, holder: null })));
    expect([take.length, release.length]).toEqual([PARTITIONS, 0]);
  });

  it('gives up what is above the quota when another node comes, and nothing else', () => {
    const leases = all.map((name) => ({ name, holder: 'a' }));
    expect(shareOut('a', ['a', 'b'], leases)).toEqual({ take: [], release: all.slice(32) });
    expect(shareOut('b', ['a', 'b'], leases)).toEqual({ take: [], release: [] });
  });

  it('waits for the lease of a node that is not live any more', () => {
    const leases = all.map((name, i) => ({ name, holder: i < 60 ? 'gone' : null }));
    expect(shareOut('a', ['a'], leases).take).toEqual(all.slice(60));
  });

  it('comes to rest, evenly, whoever holds what at first', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    fc.assert(
      fc.property(fc.uniqueArray(node, { minLength: 1 }), fc.array(fc.option(node, { nil: null }), { minLength: PARTITIONS, maxLength: PARTITIONS }), (nodes, holders) => {
        // what a dead node held is free once its lease is over
        const state = new Map(all.map((name, i) => [name, nodes.includes(holders[i] as never) ? holders[i]! : null]));
        let rounds = 0;
        while (settle(state, nodes) > 0) expect(++rounds).toBeLessThan(20);
        const counts = nodes.map((one) => [...state.values()].filter((holder) => holder === one).length);
        expect(counts.reduce((a, b) => a + b)).toBe(PARTITIONS);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it('names leases so that they can be read back', () => {
  expect(all.map(partitionOfLease)).toEqual(Array.from({ length: PARTITIONS }, (_, i) => i));
  expect(partitionOfLease('leader')).toBeNull();
});

it('puts a pipeline into the share of its last byte', () => {
  expect(partitionOf('0193fe2a-0000-7000-8000-0000000000ff')).toBe(63);
  expect(partitionOf('0193fe2a-0000-7000-8000-000000000040')).toBe(0);
});
