import { describe, expect, it } from 'vitest';
import { draftSpecSchema, emptySpec, type DraftSpec } from '@/lib/pipeline/index';
import { addTask, connect, insertInto, removeTasks, rename, setConfig, setId, setTask, tablesAt, tidyUp } from './commands';

const base: DraftSpec = draftSpecSchema.parse({
  tasks: [
    { id: 'flights', kind: 'source', config: { path: 'a.parquet' }, unknownField: 1 },
    { id: 'rules', kind: 'check', config: { checks: [] } },
    { id: 'late', kind: 'sql', config: { sql: 'select * from flights' } },
  ],
  edges: [{ from: 'flights', to: 'rules' }, { from: 'rules', to: 'late' }],
});

describe('commands', () => {
  it('adds a query after a source, connected and with its table filled in', () => {
    const start = addTask(draftSpecSchema.parse(emptySpec()), 'source');
    const { spec, id } = addTask(start.spec, 'sql', { after: start.id });
    expect(spec.edges).toEqual([{ from: 'source', to: 'sql' }]);
    expect(spec.tasks.find((task) => task.id === id)?.config).toEqual({ sql: 'select *\nfrom source' });
    expect(Object.keys(spec.layout.nodes ?? {})).toEqual(['source', 'sql']);
  });

  it('inserts into an edge and keeps the table name that the next task uses', () => {
    const { spec, id } = addTask(base, 'sql', { edge: 'flights→rules' });
    expect(spec.edges).toContainEqual({ from: 'flights', to: id });
    expect(spec.edges).toContainEqual({ from: id, to: 'rules', as: 'flights' });
    expect(spec.edges).toHaveLength(3);
    expect(insertInto(base, 'no→edge', 'late')).toBe(base);
  });

  it('sees tables through transparent nodes, under the name on the edge', () => {
    expect(tablesAt(base, 'late')).toEqual([{ name: 'flights', provider: 'flights' }]);
    const named = { ...base, edges: [base.edges[0]!, { from: 'rules', to: 'late', as: 'f' }] };
    expect(tablesAt(named, 'late')).toEqual([{ name: 'f', provider: 'flights' }]);
  });

  it('closes a chain again when its middle is deleted, and forgets places', () => {
    const next = removeTasks(tidyUp(base), new Set(['rules']));
    expect(next.edges).toEqual([{ from: 'flights', to: 'late' }]);
    expect(next.layout.nodes).not.toHaveProperty('rules');
  });

  it('keeps fields that it does not know and drops fields that are cleared', () => {
    expect(setTask(base, 'flights', { name: 'Flights' }).tasks[0]).toMatchObject({ unknownField: 1, name: 'Flights' });
    expect(setConfig(base, 'flights', 'path', undefined).tasks[0]?.config).toEqual({});
  });

  it('renames an id in edges, branches, expressions and the layout', () => {
    const spec = setTask(connect(base, 'flights', 'late'), 'late', { when: 'tasks.flights.output.rows > 0' });
    const next = setId({ ...spec, layout: { nodes: { flights: { x: 1, y: 2 } } } }, 'flights', 'all_flights');
    expect(next.edges.map((edge) => edge.from)).toEqual(['all_flights', 'rules', 'all_flights']);
    expect(next.tasks[2]?.when).toBe('tasks.all_flights.output.rows > 0');
    expect(next.layout.nodes).toEqual({ all_flights: { x: 1, y: 2 } });
  });

  it('lets a made-up id follow the name until somebody mentions it', () => {
    const { spec, id } = addTask(base, 'sql', { after: 'late' });
    expect(rename(spec, id, 'Delay by airport').id).toBe('delay_by_airport');
    const used = addTask(spec, 'sql', { after: id });
    expect(rename(used.spec, id, 'Delay by airport').id).toBe(id);
    expect(rename(base, 'late', 'Späte Flüge').spec.tasks[2]?.name).toBe('Späte Flüge');
  });
});
