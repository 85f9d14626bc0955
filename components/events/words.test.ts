import { expect, it } from 'vitest';
import { eventWords } from './words';

it.each([
  ['dataset', { version: 3 }, 'version 3'],
  ['dataset', { version: 3, backfill: true, schema: { added: ['a', 'b', 'c', 'd'], removed: ['x'], retyped: [] } }, 'version 3, added a, b, c and 1 more, removed x, by a backfill'],
  ['webhook', {}, null],
  ['webhook', { body: { n: 1 } }, '{"n":1}'],
  ['webhook', { body: 'x'.repeat(100) }, `${'x'.repeat(79)}…`],
  ['run', { state: 'failed' }, 'failed'],
] as const)('%s %o', (kind, data, remark) => {
  expect(eventWords({ kind, subject: 's', subjectId: 'id', data }).remark).toBe(remark);
});
