import { expect, it } from 'vitest';
import { type JsonObject } from '@/lib/core/json';
import { type Param } from '@/lib/pipeline';
import { resolveParams } from './resolve-params';

const month: Param = { name: 'month', type: 'integer', default: 1, minimum: 1, maximum: 12 };

const cases: [Param, JsonObject, JsonObject, string[]][] = [
  [month, {}, { month: 1 }, []],
  [month, { month: '4' }, { month: 4 }, []],
  [month, { month: 13 }, {}, ['Param "month" is 13; expected at most 12.']],
  [month, { month: 2.5 }, {}, ['Param "month" is 2.5; expected a whole number.']],
  [month, { monht: 2 }, { month: 1 }, ['This pipeline has no param "monht" (it has: month).']],
  [{ name: 'day', type: 'date' }, { day: '2001-02-31' }, {}, ['Param "day" is "2001-02-31"; expected a date like 2001-04-18.']],
  [{ name: 'day', type: 'date' }, {}, {}, ['Param "day" has no default: give a date like 2001-04-18.']],
  [{ name: 'to', type: 'string', enum: ['a', 'b'] }, { to: 'c' }, {}, ['Param "to" is "c"; expected one of a, b.']],
  [{ name: 'on', type: 'boolean' }, { on: 'false' }, { on: false }, []],
  [{ name: 'at', type: 'datetime' }, { at: '2001-04-18' }, {}, ['Param "at" is "2001-04-18"; expected a time like 2001-04-18T06:00:00Z.']],
];

it.each(cases)('resolves %j given %j', (param, given, values, messages) => {
  const resolved = resolveParams([param], given);
  expect(resolved.issues.map((i) => i.message)).toEqual(messages);
  expect(resolved.values).toEqual(values);
});
