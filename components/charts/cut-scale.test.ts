import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BREAK_PX, cutScale, cutTicks, merged } from './cut-scale';

describe('cutScale', () => {
  it.each<[string, [number, number][], number, number, [number, number][]]>([
    ['nothing at work is not cut', [], 0, 100_000, []],
    ['short pauses stay', [[0, 4000], [5500, 9000]], 0, 9000, []],
    ['a long pause between tries is cut but for its edges', [[0, 4000], [64_000, 68_000]], 0, 68_000, [[4400, 63_600]]],
    ['a wait before the start is cut', [[60_000, 61_000]], 0, 61_000, [[400, 59_600]]],
    ['a pause is long against the busy time only', [[0, 400_000], [460_000, 800_000]], 0, 800_000, []],
  ])('%s', (_, busy, from, to, cuts) => {
    const scale = cutScale(busy.map(([a, b]) => ({ from: a, to: b })), from, to, 1000);
    expect(scale.pieces.filter((p) => p.cut).map((p) => [p.from, p.to])).toEqual(cuts);
  });

  it('is continuous, grows, fills the width and never cuts work', () => {
    fc.assert(
      fc.property(intervals, (busy) => {
        const scale = cutScale(busy, 0, 1_000_000, 900);
        const cuts = scale.pieces.filter((p) => p.cut);
        expect(scale.x(0)).toBe(0);
        expect(scale.x(1_000_000)).toBe(900);
        for (const [i, piece] of scale.pieces.entries()) {
          expect(piece.x1).toBeGreaterThanOrEqual(piece.x0);
          expect(piece.x0).toBeCloseTo(scale.pieces[i - 1]?.x1 ?? 0, 6);
          if (!piece.cut) expect(piece.x1 - piece.x0).toBeCloseTo((piece.to - piece.from) * scale.pxPerMs, 6);
          else expect(piece.x1 - piece.x0).toBeCloseTo(BREAK_PX, 6);
        }
        for (const cut of cuts) for (const work of busy) expect(work.to <= cut.from || work.from >= cut.to).toBe(true);
      }),
    );
  });
});

it('puts round ticks outside of breaks, apart from each other', () => {
  const scale = cutScale([{ from: 0, to: 4000 }, { from: 64_000, to: 68_000 }], 0, 68_000, 900);
  const { stepMs, ticks } = cutTicks(scale, 80);
  expect(stepMs).toBe(1000);
  expect(ticks.map((t) => t.at)).toEqual([0, 1000, 2000, 3000, 4000, 64_000, 65_000, 66_000, 67_000, 68_000]);
});

it('merges what touches', () => {
  expect(merged([{ from: 5, to: 9 }, { from: 0, to: 3 }, { from: 2, to: 5 }, { from: 20, to: 40 }], 1, 30)).toEqual([
    { from: 1, to: 9 },
    { from: 20, to: 30 },
  ]);
});

const intervals = fc.array(
  fc.tuple(fc.nat(900_000), fc.nat(100_000)).map(([from, length]) => ({ from, to: from + length })),
  { minLength: 1, maxLength: 8 },
);
