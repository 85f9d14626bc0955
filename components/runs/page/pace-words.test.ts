import { expect, it } from 'vitest';
import type { Pace, PaceState } from '@/lib/runs';
import { worstPace } from './pace-words';

const of = (state: PaceState | null): Pace | null => (state === null ? null : { state, text: '', vitals: {} as never });

it.each<[(PaceState | null)[], PaceState | null]>([
  [[], null],
  [[null, null], null],
  [[null, 'working'], 'working'],
  [['working', 'slow', 'waiting'], 'slow'],
  [['slow', 'stalled', 'unknown'], 'stalled'],
])('of %j what needs a look first is %s', (states, expected) => {
  expect(worstPace(states.map(of))?.state ?? null).toBe(expected);
});
