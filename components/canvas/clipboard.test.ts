import { describe, expect, it } from 'vitest';
import { draftSpecSchema, emptySpec } from '@/lib/pipeline/index';
import { copyTasks, pasteText } from './clipboard';

const spec = draftSpecSchema.parse({
  tasks: [
    { id: 'flights', kind: 'source', config: { path: 'a.parquet' } },
    { id: 'pick', kind: 'branch', config: { cases: [{ if: 'tasks.flights.succeeded', take: ['late'] }] } },
    { id: 'late', kind: 'sql', config: { sql: 'select 1' } },
  ],
  edges: [{ from: 'flights', to: 'pick' }, { from: 'pick', to: 'late' }],
});

describe('the clipboard', () => {
  it('carries tasks and the edges among them into another pipeline unchanged', () => {
    const made = pasteText(draftSpecSchema.parse(emptySpec()), copyTasks(spec, ['pick', 'late']), null);
    expect(made?.ids).toEqual(['pick', 'late']);
    expect(made?.spec.edges).toEqual([{ from: 'pick', to: 'late' }]);
  });

  it('gives fresh ids in the same pipeline and keeps branches pointing at the copies', () => {
    const made = pasteText(spec, copyTasks(spec, ['flights', 'pick', 'late']), null);
    expect(made?.ids).toEqual(['flights_2', 'pick_2', 'late_2']);
    expect(made?.spec.tasks.find((task) => task.id === 'pick_2')?.config).toEqual({ cases: [{ if: 'tasks.flights_2.succeeded', take: ['late_2'] }] });
    expect(made?.spec.edges).toContainEqual({ from: 'pick_2', to: 'late_2' });
  });

  it('makes a query of pasted SQL and nothing of other text', () => {
    expect(pasteText(spec, 'with x as (select 1) select * from x', 'late')?.spec.tasks.at(-1)).toMatchObject({ kind: 'sql' });
    expect(pasteText(spec, 'a shopping list', null)).toBeNull();
  });
});
