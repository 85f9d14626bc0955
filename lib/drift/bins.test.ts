import { describe, expect, it } from 'vitest';
import { binCount, binLabels, binOf, numericEdges } from './bins';

describe('bins of a number', () => {
  it('are its quantiles, each edge once', () => {
    expect(numericEdges(null, [0, 5, 6, 7, 7, 8, 9, 9, 9, 22, 23])).toEqual([0, 5, 6, 7, 8, 9, 22, 23]);
  });

  it('are one a value where there are few values', () => {
    const edges = numericEdges([1, 2, 3, 7], []);
    expect(edges).toEqual([1, 1.5, 2.5, 5, 7]);
    expect([1, 2, 3, 7].map((value) => binOf({ kind: 'numeric', edges }, value))).toEqual([1, 2, 3, 4]);
  });

  it.each([
    [-1, 0],
    [0, 1],
    [4.999, 1],
    [5, 2],
    [9, 2],
    [10, 2],
    [10.001, 3],
    [Infinity, 3],
    [-Infinity, 0],
    [null, 4],
    [undefined, 4],
    [Number.NaN, 4],
    ['7', 4],
  ])('%s falls into bin %d of below, 0-5, 5-10, above, null', (value, bin) => {
    expect(binOf({ kind: 'numeric', edges: [0, 5, 10] }, value)).toBe(bin);
  });

  it('of one value, and of none, still have a place for everything', () => {
    const one = { kind: 'numeric' as const, edges: [5] };
    expect([4, 5, 6, null].map((value) => binOf(one, value))).toEqual([0, 1, 1, 2]);
    const none = { kind: 'numeric' as const, edges: numericEdges([], []) };
    expect([binCount(none), binOf(none, 3), binOf(none, null)]).toEqual([2, 0, 1]);
  });
});

it('bins of a category are its frequent values, others, and nothing', () => {
  const airports = { kind: 'categorical' as const, values: ['ORD', 'ATL', 'true', '7'] };
  expect(['ORD', 'ATL', true, 7, 'XXX', null, [], Number.NaN].map((value) => binOf(airports, value))).toEqual([0, 1, 2, 3, 4, 5, 5, 4]);
});

it('every bin has a label', () => {
  const shared = { name: 'x', role: 'input' as const, counts: [], rows: 0 };
  for (const edges of [[], [5], [1, 2, 3.14159]]) {
    const feature = { kind: 'numeric' as const, edges, ...shared };
    expect(binLabels(feature)).toHaveLength(binCount(feature));
  }
  expect(binLabels({ kind: 'numeric', edges: [1, 2, 3.14159], ...shared })).toEqual(['< 1', '1–2', '2–3.142', '> 3.142', 'null']);
  expect(binLabels({ kind: 'categorical', values: ['ATL'], ...shared })).toEqual(['ATL', 'other', 'null']);
});
