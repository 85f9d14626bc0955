import { expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { readCursor, writeCursor } from './cursor';

it('a place in the list of runs is read back, and nothing else is one', () => {
  const id = newId();
  const at = new Date('2001-04-18T06:00:00.123Z');
  expect(readCursor(writeCursor({ at, id }))).toEqual({ at: at.toISOString(), id });
  expect(['', 'nonsense', '💥', btoa('yesterday x'), btoa(`never ${id}`)].map(readCursor)).toEqual([null, null, null, null, null]);
});
