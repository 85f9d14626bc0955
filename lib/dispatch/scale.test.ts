import { describe, expect, it } from 'vitest';
import { decideScale, type ScaledChild } from './scale';

const bounds = { min: 0, max: 8, idleSeconds: 60 };
const child = (id: string, busy: number, idleSince: number | null = busy > 0 ? null : 0): ScaledChild => ({ id, slots: 4, busy, idleSince });

describe('decideScale', () => {
  it.each([
    ['nothing waits and nobody is there', 0, [], 0, { start: 0, stop: [] }],
    ['one task waits at zero', 1, [], 0, { start: 1, stop: [] }],
    ['much waits at zero: one step at a time', 400, [], 0, { start: 1, stop: [] }],
    ['what waits fits into free slots', 4, [child('a', 0)], 0, { start: 0, stop: [] }],
    ['one more than fits', 5, [child('a', 0)], 0, { start: 1, stop: [] }],
    ['much waits: doubles', 400, [child('a', 4), child('b', 4)], 0, { start: 2, stop: [] }],
    ['only as many as there is work for', 3, [child('a', 4), child('b', 4), child('c', 4)], 0, { start: 1, stop: [] }],
    ['not above the most', 400, 'abcdefg'.split('').map((id) => child(id, 4)), 0, { start: 1, stop: [] }],
    ['idle, but not for long', 0, [child('a', 0, 0)], 59_999, { start: 0, stop: [] }],
    ['idle for the whole time', 0, [child('a', 0, 0), child('b', 0, 30_000)], 60_000, { start: 0, stop: ['a'] }],
    ['idle for long, but something waits', 1, [child('a', 0, 0)], 600_000, { start: 0, stop: [] }],
    ['a busy one is never stopped', 0, [child('a', 1)], 600_000, { start: 0, stop: [] }],
  ])('%s', (_what, ready, children, now, expected) => {
    expect(decideScale(bounds, ready, children, 4, now)).toEqual(expected);
  });

  it('keeps the least, and brings it at once', () => {
    const least = { ...bounds, min: 2 };
    expect(decideScale(least, 0, [], 4, 0)).toEqual({ start: 2, stop: [] });
    expect(decideScale(least, 0, [child('a', 0), child('b', 0)], 4, 600_000)).toEqual({ start: 0, stop: [] });
  });

  it('goes back to a bound that was lowered, idle ones first', () => {
    expect(decideScale({ ...bounds, max: 1 }, 9, [child('a', 4), child('b', 0, 5), child('c', 0, 3)], 4, 10)).toEqual({ start: 0, stop: ['c', 'b'] });
  });

  it('is steady under a queue that comes and goes every ten seconds', () => {
    let children: ScaledChild[] = [];
    let changes = 0;
    for (let second = 0; second < 600; second++) {
      const busy = second % 10 < 5;
      const ready = busy && second % 10 === 0 ? 8 : 0;
      children = children.map((each) => (busy ? { ...each, busy: 4, idleSince: null } : { ...each, busy: 0, idleSince: each.idleSince ?? second * 1000 }));
      const { start, stop } = decideScale(bounds, ready, children, 4, second * 1000);
      changes += start + stop.length;
      children = [...children.filter((each) => !stop.includes(each.id)), ...Array.from({ length: start }, (_, i) => child(`${second}-${i}`, 0, second * 1000))];
    }
    expect(changes).toBeLessThan(12);
  });
});
