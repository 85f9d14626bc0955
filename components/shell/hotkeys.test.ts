import { expect, it } from 'vitest';
import { chordOf, keyLabel, nextKeys } from './hotkeys';

const press = (key: string, more: Partial<Parameters<typeof chordOf>[0]> = {}) =>
  chordOf({ key, metaKey: false, ctrlKey: false, altKey: false, shiftKey: false, ...more });

it('names key presses the way shortcuts are written', () => {
  expect(press('k', { ctrlKey: true })).toBe('mod+k');
  expect(press('K', { metaKey: true, shiftKey: true })).toBe('mod+shift+k');
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('Enter', { shiftKey: true })).toBe('shift+enter');
  expect(press('ArrowDown')).toBe('down');
});

it('waits for the second key of a sequence and forgets a wrong one', () => {
  const known = ['g p', 'g r', 'j'];
  expect(nextKeys(known, null, 'g')).toEqual({ run: null, held: 'g' });
  expect(nextKeys(known, 'g', 'r')).toEqual({ run: 'g r', held: null });
  expect(nextKeys(known, 'g', 'j')).toEqual({ run: 'j', held: null });
  expect(nextKeys(known, 'g', 'x')).toEqual({ run: null, held: null });
});

it('shows keys in the words of the machine', () => {
  expect(keyLabel('mod+k', true)).toBe('⌘K');
  expect(keyLabel('mod+k', false)).toBe('Ctrl K');
  expect(keyLabel('g p', false)).toBe('G P');
});
