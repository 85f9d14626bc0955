import { expect, test } from 'vitest';
import { pageOf, splitLine } from './demo';

test('commas inside quotes belong to the value', () => {
  expect(splitLine('a,"b, c",d')).toEqual(['a', 'b, c', 'd']);
  expect(splitLine('a,"say ""x""",')).toEqual(['a', 'say "x"', '']);
  expect(splitLine('one')).toEqual(['one']);
});

test('pages cover all rows, the last has no next, and one beyond it is empty', () => {
  const rows = Array.from({ length: 1_203 }, (_, i) => i);
  const pages = [1, 2, 3].map((page) => pageOf(rows, page, 500));
  expect(pages.flatMap((p) => p.body.items)).toEqual(rows);
  expect(pages.map((p) => p.next)).toEqual(['/airports.json?page=2&size=500', '/airports.json?page=3&size=500', null]);
  expect(pageOf(rows, 4, 500).body.items).toEqual([]);
});
