import { describe, expect, it } from 'vitest';
import { actOf, type KeyPress } from './keys';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe('actOf', () => {
  it('reads plain keys, shifted keys and chords', () => {
    expect(actOf(press('Tab'))).toBe('add');
    expect(actOf(press('n'))).toBe('note');
    expect(actOf(press('z', { ctrlKey: true }))).toBe('undo');
    expect(actOf(press('Z', { metaKey: true, shiftKey: true }))).toBe('redo');
    expect(actOf(press('Enter', { shiftKey: true }))).toBe('tryUpTo');
    expect(actOf(press('Enter', { ctrlKey: true }))).toBe('try');
  });

  it('leaves copy, paste, moving out with shift+Tab and unknown keys to the browser', () => {
    expect(actOf(press('c', { ctrlKey: true }))).toBeNull();
    expect(actOf(press('Tab', { shiftKey: true }))).toBeNull();
    expect(actOf(press('q'))).toBeNull();
  });
});
