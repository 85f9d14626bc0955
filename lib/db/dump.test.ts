import { expect, it } from 'vitest';
import { inOrder } from './dump';

it('tables are restored behind those that their rows refer to, and a circle is said', () => {
  const tables = ['attempt', 'run', 'task_run', 'workspace'].map((name) => ({ name }));
  const needs = [{ from: 'attempt', to: 'task_run' }, { from: 'task_run', to: 'run' }, { from: 'run', to: 'workspace' }];
  expect(inOrder(tables, needs).map((each) => each.name)).toEqual(['workspace', 'run', 'task_run', 'attempt']);
  expect(() => inOrder(tables, [...needs, { from: 'workspace', to: 'attempt' }])).toThrow(/in a circle/);
});
