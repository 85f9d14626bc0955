import { expect, it } from 'vitest';
import { pageOf } from './page';

const items = ['a', 'b', 'c'].map((name) => ({ name }));
const page = (query: { limit?: number; cursor?: string }) => {
  const { items: found, nextCursor } = pageOf(items, query, (item) => item.name);
  return [found.map((item) => item.name).join(''), nextCursor];
};

it('a short list is answered whole, or page by page, and refuses a cursor that it never gave', () => {
  expect(page({})).toEqual(['abc', null]);
  expect(page({ limit: 2 })).toEqual(['ab', 'b']);
  expect(page({ limit: 2, cursor: 'b' })).toEqual(['c', null]);
  expect(page({ limit: 3 })).toEqual(['abc', null]);
  expect(page({ cursor: 'c' })).toEqual(['', null]);
  expect(() => page({ cursor: 'z' })).toThrow(/not one that this list gave/);
});
