import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layers } from './layers';

const STEP = { rank: 80, column: 264 };
const graph = (count: number, links: [number, number][]) => ({
  tasks: Array.from({ length: count }, (_, i) => ({ id: `t${i}` })),
  edges: links.map(([from, to]) => ({ from: `t${from}`, to: `t${to}` })),
});

describe('the quick layout of large drawings', () => {
  it('puts every task below its upstreams and no two on one place, whatever the graph', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(fc.tuple(fc.nat(59), fc.nat(59)), { maxLength: 150 }), (count, pairs) => {
        const links = pairs.filter(([a, b]) => a < b && b < count);
        const places = layers(graph(count, links), STEP);
        expect(places.size).toBe(count);
        for (const [from, to] of links) expect(places.get(`t${to}`)!.y).toBeGreaterThan(places.get(`t${from}`)!.y);
        expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(count);
      }),
    );
  });
  it('keeps columns of a grid under each other', () => {
    const places = layers(graph(9, [[0, 3], [1, 4], [2, 5], [3, 6], [4, 7], [5, 8]]), STEP);
    for (const column of [0, 1, 2]) expect(new Set([0, 3, 6].map((row) => places.get(`t${row + column}`)!.x)).size).toBe(1);
  });
  it('places circles too', () => {
    const places = layers(graph(4, [[0, 1], [1, 2], [2, 1], [2, 3]]), STEP);
    expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(4);
  });
});
