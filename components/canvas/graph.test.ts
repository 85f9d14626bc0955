import { describe, expect, it } from 'vitest';
import { outline, reach, walk, type Graph } from './graph';

const diamond: Graph = {
  tasks: [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }],
  edges: [
    { from: 'a', to: 'b' },
    { from: 'a', to: 'c' },
    { from: 'b', to: 'd' },
    { from: 'c', to: 'd' },
  ],
};

describe('the drawn graph', () => {
  it('reaches everything downstream and upstream', () => {
    expect([...reach(diamond, 'a', 'downstream')].sort()).toEqual(['b', 'c', 'd']);
    expect([...reach(diamond, 'd', 'upstream')].sort()).toEqual(['a', 'b', 'c']);
  });

  it('walks along edges with up and down and across with left and right', () => {
    const positions = new Map([
      ['a', { x: 100, y: 0 }],
      ['b', { x: 0, y: 80 }],
      ['c', { x: 200, y: 80 }],
      ['d', { x: 100, y: 160 }],
    ]);
    expect(walk(diamond, positions, 'd', 'up')).toBe('b');
    expect(walk(diamond, positions, 'c', 'down')).toBe('d');
    expect(walk(diamond, positions, 'b', 'right')).toBe('c');
    expect(walk(diamond, positions, 'a', 'up')).toBeNull();
  });

  it('writes every task once and after all its upstreams', () => {
    const rows = outline(diamond);
    expect(rows.map((row) => row.id)).toEqual(['a', 'b', 'c', 'd']);
    expect(rows.map((row) => row.depth)).toEqual([0, 1, 1, 2]);
    expect(rows[3]?.alsoAfter).toEqual(['b']);
  });

  it('keeps tasks of a circle in the outline', () => {
    const circle: Graph = {
      tasks: [{ id: 'a' }, { id: 'b' }],
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ],
    };
    expect(outline(circle).map((row) => row.id)).toEqual(['a', 'b']);
  });
});
