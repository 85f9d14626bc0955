import { expect, it } from 'vitest';
import { cellText, familyOf, nullText } from './cell';

it('groups types by how they are drawn', () => {
  expect(
    [
      'BIGINT',
      'DECIMAL(18,2)',
      'UTINYINT',
      'VARCHAR',
      'TIMESTAMP WITH TIME ZONE',
      'BOOLEAN',
      'INTEGER[]',
      'STRUCT(a INTEGER)',
      'BLOB',
    ].map(familyOf),
  ).toEqual(['number', 'number', 'number', 'text', 'time', 'boolean', 'nested', 'nested', 'binary']);
});

it('writes values plainly and keeps null apart from empty text', () => {
  expect(cellText(null, 'text')).toBeNull();
  expect(cellText('', 'text')).toBe('');
  expect(cellText(0.1 + 0.2, 'number')).toBe('0.3');
  expect(cellText('2001-04-19T06:00:00.000Z', 'time')).toBe('2001-04-19 06:00:00');
  expect(cellText({ a: 1 }, 'nested')).toBe('{"a":1}');
});

it('says the share of nulls', () => {
  expect(nullText(0, 100)).toBe('no nulls');
  expect(nullText(204, 16_988)).toBe('1.2 % null');
  expect(nullText(1, 16_988)).toBe('<0.1 % null');
  expect(nullText(5, 5)).toBe('all null');
});
