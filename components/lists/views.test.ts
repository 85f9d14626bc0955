import { expect, it } from 'vitest';
import { searchOfView, viewsOf, withView } from './views';

it('keeps the filters of an address without its place, in one order', () => {
  expect(searchOfView('trigger=manual&cursor=abc&state=failed%2Crunning&q=')).toBe('state=failed%2Crunning&trigger=manual');
  expect(searchOfView('cursor=abc')).toBe('');
});

it('replaces a view of the same name and sorts by name', () => {
  const views = withView([{ name: 'b', search: 'x=1' }], { name: 'a', search: 'y=1' });
  expect(withView(views, { name: 'b', search: 'z=1' })).toEqual([
    { name: 'a', search: 'y=1' },
    { name: 'b', search: 'z=1' },
  ]);
});

it('leaves out what no longer fits', () => {
  expect(viewsOf([{ name: 'a', search: '' }, { name: 1, search: '' }, null, 'x'])).toEqual([{ name: 'a', search: '' }]);
  expect(viewsOf({})).toEqual([]);
});
