import { describe, expect, it } from 'vitest';
import { applyEdit, clip, freshId, invertEdit, pasteEdit, whyNotConnect, type SpecEdit } from './edits';
import { draftSpecSchema } from './spec';

const spec = draftSpecSchema.parse({
  tasks: [
    { id: 'flights', kind: 'source', config: { path: 'a.csv' } },
    {
      id: 'choose',
      kind: 'branch',
      config: { cases: [{ if: 'tasks.flights.output.rows > 0', take: ['late'] }], otherwise: [] },
    },
    {
      id: 'late',
      kind: 'sql',
      name: 'Late',
      config: { sql: 'select * from flights where n > {{ tasks.flights.output.rows }}' },
      when: 'tasks.flights.succeeded',
    },
  ],
  edges: [
    { from: 'flights', to: 'choose' },
    { from: 'choose', to: 'late' },
  ],
  layout: { nodes: { flights: { x: 0, y: 0 } } },
});

describe('an edit', () => {
  it('is taken back by its inverse, whatever it is', () => {
    const edits: SpecEdit[] = [
      {
        type: 'addTasks',
        tasks: [{ id: 'x', kind: 'empty', config: {} }],
        edges: [{ from: 'late', to: 'x' }],
        positions: { x: { x: 1, y: 2 } },
      },
      { type: 'removeTasks', ids: ['late', 'flights'] },
      { type: 'renameTask', id: 'flights', to: 'all_flights' },
      { type: 'setTaskField', id: 'late', path: ['config', 'sql'], value: 'select 1' },
      { type: 'setTaskField', id: 'late', path: ['when'], value: undefined },
      { type: 'insertOnEdge', from: 'choose', to: 'late', task: { id: 'y', kind: 'empty', config: {} } },
      { type: 'setSpecField', path: ['triggers', 0], value: { kind: 'schedule', cron: '0 6 * * *' } },
      { type: 'setSpecField', path: ['settings', 'lane'], value: 'backfill' },
      { type: 'moveNodes', positions: { flights: { x: 9, y: 9 } } },
      { type: 'disconnect', edges: [{ from: 'flights', to: 'choose' }] },
      { type: 'setEdgeField', from: 'choose', to: 'late', path: ['data'], value: false },
    ];
    for (const edit of [...edits, { type: 'all', edits } satisfies SpecEdit]) {
      const after = applyEdit(spec, edit);
      expect(after).not.toEqual(spec);
      expect(applyEdit(after, invertEdit(spec, edit))).toEqual(spec);
    }
  });

  it('that removes a task removes its edges, its place and its mention in a branch', () => {
    const after = applyEdit(spec, { type: 'removeTasks', ids: ['late'] });
    expect(after.edges).toEqual([{ from: 'flights', to: 'choose' }]);
    expect(after.tasks[1]?.config).toEqual({
      cases: [{ if: 'tasks.flights.output.rows > 0', take: [] }],
      otherwise: [],
    });
  });

  it('that renames a task keeps what the pipeline does', () => {
    const after = applyEdit(spec, { type: 'renameTask', id: 'flights', to: 'all_flights' });
    expect(after.edges[0]).toEqual({ from: 'all_flights', to: 'choose', as: 'flights' });
    expect(after.tasks[1]?.config).toMatchObject({ cases: [{ if: 'tasks.all_flights.output.rows > 0' }] });
    expect(after.tasks[2]).toMatchObject({
      when: 'tasks.all_flights.succeeded',
      config: { sql: 'select * from flights where n > {{ tasks.all_flights.output.rows }}' },
    });
    expect(after.layout.nodes).toEqual({ all_flights: { x: 0, y: 0 } });
    expect(applyEdit(spec, { type: 'renameTask', id: 'flights', to: 'late' })).toBe(spec);
  });

  it('that inserts on an edge keeps the edge’s name on the far side', () => {
    const named = applyEdit(spec, {
      type: 'setEdgeField',
      from: 'choose',
      to: 'late',
      path: ['checks'],
      value: [],
    });
    const after = applyEdit(named, {
      type: 'insertOnEdge',
      from: 'choose',
      to: 'late',
      task: { id: 'y', kind: 'empty', config: {} },
    });
    expect(after.edges.slice(1)).toEqual([
      { from: 'choose', to: 'y' },
      { from: 'y', to: 'late', checks: [] },
    ]);
  });
});

it('a connection is refused with the reason', () => {
  expect(whyNotConnect(spec, 'late', 'late')).toBe('A task cannot wait for itself.');
  expect(whyNotConnect(spec, 'flights', 'choose')).toBe('"flights" and "choose" are already connected.');
  expect(whyNotConnect(spec, 'late', 'flights')).toBe(
    'This would make a cycle: "flights" already comes before "Late".',
  );
  expect(whyNotConnect(spec, 'gone', 'late')).toContain('no task "gone"');
  expect(whyNotConnect(spec, 'flights', 'late')).toBeNull();
  expect(applyEdit(spec, { type: 'connect', edge: { from: 'late', to: 'flights' } })).toBe(spec);
});

it('pasting gives fresh ids and keeps references among the pasted tasks', () => {
  const { edit, ids } = pasteEdit(spec, clip(spec, ['flights', 'choose', 'late']), { x: 40, y: 40 });
  expect(ids).toEqual(['flights_2', 'choose_2', 'late_2']);
  const after = applyEdit(spec, edit);
  expect(after.edges.slice(2)).toEqual([
    { from: 'flights_2', to: 'choose_2', as: 'flights' },
    { from: 'choose_2', to: 'late_2' },
  ]);
  expect(after.tasks[5]).toMatchObject({ when: 'tasks.flights_2.succeeded' });
  expect(after.tasks[4]?.config).toMatchObject({ cases: [{ take: ['late_2'] }] });
  expect(after.layout.nodes?.flights_2).toEqual({ x: 40, y: 40 });
});

it('fresh ids come from any text', () => {
  expect(freshId([], 'Late flights!')).toBe('late_flights');
  expect(freshId(['late', 'late_2'], 'late')).toBe('late_3');
  expect(freshId([], '🚀')).toBe('task');
  expect(freshId([], '3 Übergänge')).toBe('ubergange');
});
