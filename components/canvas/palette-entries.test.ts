import { expect, it } from 'vitest';
import { searchPalette } from './palette-entries';

it('finds kinds by name first, then by what people call them', () => {
  expect(searchPalette('que')[0]?.kind).toBe('sql');
  expect(searchPalette('csv')[0]?.kind).toBe('source');
  expect(searchPalette('sh')[0]?.kind).toBe('shell');
  expect(searchPalette('mail')[0]?.kind).toBe('notify');
  expect(searchPalette('nothing like this')).toEqual([]);
});
