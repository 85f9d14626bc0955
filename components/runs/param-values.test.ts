import { expect, it } from 'vitest';
import type { Param } from '@/lib/pipeline';
import { initialText, readParam, readParams } from './param-values';

const month: Param = { name: 'month', type: 'integer', default: 1, minimum: 1, maximum: 12 };

it('fills the form with defaults and lets earlier values win', () => {
  expect(initialText([month, { name: 'tag', type: 'json', default: { a: 1 } }])).toEqual({
    month: '1',
    tag: '{"a":1}',
  });
  expect(initialText([month], { month: 4 })).toEqual({ month: '4' });
});

it('reads every type as declared', () => {
  expect(readParam(month, '4')).toEqual({ value: 4 });
  expect(readParam({ name: 'b', type: 'boolean' }, 'false')).toEqual({ value: false });
  expect(readParam({ name: 'd', type: 'date' }, '2001-04-19')).toEqual({ value: '2001-04-19' });
  expect(readParam({ name: 't', type: 'datetime' }, '2001-04-19T06:00')).toEqual({
    value: '2001-04-19T06:00:00.000Z',
  });
  expect(readParam({ name: 'e', type: 'number', enum: [1, 2] }, '2')).toEqual({ value: 2 });
  expect(readParam({ name: 'j', type: 'json' }, '[1]')).toEqual({ value: [1] });
});

it('says what was expected where a value does not fit', () => {
  expect(readParam(month, '13').error).toBe('Give 12 or less.');
  expect(readParam(month, '1.5').error).toBe('Give a whole number.');
  expect(readParam({ name: 'j', type: 'json' }, '{').error).toContain('JSON');
  expect(readParam({ name: 's', type: 'string', pattern: '^[A-Z]{3}$' }, 'den').error).toContain('[A-Z]{3}');
});

it('leaves an empty field to its default and asks for one that has none', () => {
  expect(readParams([month, { name: 'day', type: 'date' }], { month: '' })).toEqual({
    values: {},
    errors: { day: 'This run needs a value here.' },
  });
});
