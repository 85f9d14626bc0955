import { describe, expect, it } from 'vitest';
import { draftSpecSchema } from '@/lib/pipeline/index';
import { positionsOf, specToFlow } from './spec-to-flow';

const spec = draftSpecSchema.parse({
  tasks: [
    { id: 'flights', kind: 'source', config: { path: 'demo/flights-3m.parquet' } },
    { id: 'rules', kind: 'check', config: { checks: [] } },
    { id: 'late', kind: 'sql', name: 'Late flights', config: { sql: 'select 1' } },
  ],
  edges: [
    { from: 'flights', to: 'rules' },
    { from: 'rules', to: 'late', as: 'f' },
  ],
});
const none = { nodes: [], edge: null };

describe('specToFlow', () => {
  it('draws every task once and every edge between known tasks', () => {
    const odd = { ...spec, tasks: [...spec.tasks, { ...spec.tasks[0]! }], edges: [...spec.edges, { from: 'late', to: 'gone' }, spec.edges[0]!] };
    const flow = specToFlow(odd, positionsOf(odd), none);
    expect(flow.nodes.map((node) => node.id)).toEqual(['flights', 'rules', 'late']);
    expect(flow.edges.map((edge) => edge.id)).toEqual(['flights→rules', 'rules→late']);
  });

  it('hands back what did not change, so that one edited card renders alone', () => {
    const positions = positionsOf(spec);
    const before = specToFlow(spec, positions, none);
    const edited = { ...spec, tasks: spec.tasks.map((task) => (task.id === 'late' ? { ...task, name: 'Later' } : task)) };
    const after = specToFlow(edited, positions, none, before);
    expect(after.nodes[0]).toBe(before.nodes[0]);
    expect(after.nodes[1]).toBe(before.nodes[1]);
    expect(after.nodes[2]).not.toBe(before.nodes[2]);
    expect(after.edges[0]).toBe(before.edges[0]);
  });

  it('puts a shield on edges behind a check and names another name', () => {
    const [first, second] = specToFlow(spec, positionsOf(spec), none).edges;
    expect([first?.data?.checked, second?.data?.checked]).toEqual([false, true]);
    expect(second?.data?.caption).toBe('as f');
  });
});

describe('positionsOf', () => {
  it('keeps saved places and puts new tasks below their upstream', () => {
    const half = { ...spec, layout: { nodes: { flights: { x: 10, y: 20 }, rules: { x: 10, y: 99 } } } };
    const positions = positionsOf(half);
    expect(positions.get('flights')).toEqual({ x: 10, y: 20 });
    expect(positions.get('late')).toEqual({ x: 10, y: 178 });
  });
});
