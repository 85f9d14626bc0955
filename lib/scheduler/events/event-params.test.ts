import { expect, it } from 'vitest';
import { eventParams } from './event-params';

const params = ['month', 'body', 'path'].map((name) => ({ name }));

it.each([
  ['fields of a body by name', 'webhook', { body: { month: 3, other: 1 } }, { month: 3, body: { month: 3, other: 1 } }],
  ['a body that is a list', 'webhook', { body: [1] }, { body: [1] }],
  ['a body’s own field called body', 'webhook', { body: { body: 'x' } }, { body: 'x' }],
  ['no body', 'webhook', {}, {}],
  ['null is no value', 'webhook', { body: { month: null } }, { body: { month: null } }],
  ['a file’s path', 'file', { path: 'in/a.csv', bytes: 3 }, { path: 'in/a.csv' }],
  ['nothing of a dataset', 'dataset', { version: 3, path: 'x' }, {}],
] as const)('%s', (_, kind, data, given) => {
  expect(eventParams(kind, data as never, params)).toEqual(given);
});

it('leaves out what has no param', () => {
  expect(eventParams('webhook', { body: { month: 3 } }, [])).toEqual({});
});
