import { expect, it } from 'vitest';
import { Ahead } from './ahead';

const of = (workspace_id: string, inline = false) => [{ workspace_id, inline }];

it('claims nothing ahead before it knows how long attempts take', () => {
  expect(new Ahead().allowed(8, 0)).toBe(0);
});

it('claims ahead while attempts are short on the whole: one slow one among many does not count, a long one does', () => {
  const ahead = new Ahead();
  for (let i = 0; i < 20; i++) ahead.ended(5);
  expect(ahead.allowed(8, 0)).toBe(32);
  ahead.ended(100);
  expect(ahead.allowed(8, 0)).toBe(32);
  ahead.ended(2_000);
  expect(ahead.allowed(8, 0)).toBe(0);
});

it('claims nothing ahead for a second after two workspaces had work claimed, whatever needs no process', () => {
  const ahead = new Ahead();
  ahead.ended(5);
  expect(ahead.claimed([...of('a'), ...of('b', true), ...of('a')], 1_000)).toBe(false);
  expect(ahead.allowed(4, 1_000)).toBe(16);
  expect(ahead.claimed(of('b'), 2_000)).toBe(true);
  expect([2_000, 3_000, 3_001].map((now) => ahead.allowed(4, now))).toEqual([0, 0, 16]);
});

it('begins anew once what it claimed had to wait', () => {
  const ahead = new Ahead();
  ahead.ended(5);
  ahead.forget();
  expect(ahead.allowed(4, 0)).toBe(0);
});
