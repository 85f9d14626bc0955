import { describe, expect, it } from 'vitest';
import { NODE, place, tidy } from './layout';

const chain = (count: number) => ({
  tasks: Array.from({ length: count }, (_, i) => ({ id: `t${i}` })),
  edges: Array.from({ length: count - 1 }, (_, i) => ({ from: `t${i}`, to: `t${i + 1}` })),
});

describe('tidy', () => {
  it('puts a chain into one column, one rank step of 79 px apart', () => {
    const positions = tidy(chain(3));
    expect([...positions.values()].map((point) => point.y)).toEqual([0, 79, 158]);
    expect(new Set([...positions.values()].map((point) => point.x)).size).toBe(1);
  });

  it('never lays one card over another', () => {
    const wide = {
      tasks: chain(30).tasks,
      edges: chain(30)
        .tasks.slice(1)
        .map((task) => ({ from: 't0', to: task.id })),
    };
    const points = [...tidy(wide).values()];
    for (const [i, a] of points.entries()) {
      for (const b of points.slice(i + 1)) {
        expect(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height).toBe(true);
      }
    }
  });

  it('lays out circles and edges to nowhere without complaint', () => {
    const broken = {
      tasks: [{ id: 'a' }, { id: 'b' }],
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
        { from: 'a', to: 'gone' },
      ],
    };
    expect(tidy(broken).size).toBe(2);
  });
});

describe('place', () => {
  it('goes below the chosen node, and beside what is already there', () => {
    const positions = new Map([
      ['a', { x: 0, y: 0 }],
      ['b', { x: 0, y: 79 }],
    ]);
    expect(place(positions, 'a')).toEqual({ x: 264, y: 79 });
    expect(place(positions, 'b')).toEqual({ x: 0, y: 158 });
    expect(place(new Map(), null)).toEqual({ x: 0, y: 0 });
  });
});
