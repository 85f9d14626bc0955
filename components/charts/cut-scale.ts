/** A stretch of time on an axis; a cut one is idle time drawn as a break of fixed width. Times are epoch milliseconds, x are pixels. */
export type Piece = { from: number; to: number; x0: number; x1: number; cut: boolean };

export type CutScale = { pieces: readonly Piece[]; width: number; x: (at: number) => number; pxPerMs: number };

type Interval = { from: number; to: number };

/** A break is this wide, in pixels. */
export const BREAK_PX = 14;
/** Idle time is cut from this length on, in milliseconds, and from this share of the busy time on. */
const LEAST_MS = 2000;
const LEAST_SHARE = 0.25;
/** What stays of idle time at each side of a break, as a share of the length from which it is cut. */
const KEPT = 0.2;

/** merged joins intervals that touch or overlap, within the bounds, in order. */
export function merged(intervals: readonly Interval[], from: number, to: number): Interval[] {
  const inside = intervals
    .map((i) => ({ from: Math.max(from, i.from), to: Math.min(to, i.to) }))
    .filter((i) => i.to >= i.from)
    .sort((a, b) => a.from - b.from);
  const joined: Interval[] = [];
  for (const next of inside) {
    const last = joined.at(-1);
    if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else joined.push({ ...next });
  }
  return joined;
}

/**
 * cutScale lays a time axis out on which long idle times are cut, so that one late retry does not squash the rest. Everything
 * outside the breaks has one scale.
 * @param busy when something was at work
 * @param width of the whole axis in pixels
 */
export function cutScale(busy: readonly Interval[], from: number, to: number, width: number): CutScale {
  const end = Math.max(to, from + 1);
  const work = merged(busy, from, end);
  const least = Math.max(LEAST_MS, LEAST_SHARE * work.reduce((sum, w) => sum + w.to - w.from, 0));
  const edges = [from, ...work.flatMap((w) => [w.from, w.to]), end];
  const cuts: Interval[] = [];
  if (work.length > 0)
    for (let i = 0; i + 1 < edges.length; i += 2) {
      const gap = { from: edges[i] ?? from, to: edges[i + 1] ?? end };
      if (gap.to - gap.from > least) cuts.push({ from: gap.from + least * KEPT, to: gap.to - least * KEPT });
    }
  const shown = end - from - cuts.reduce((sum, c) => sum + c.to - c.from, 0);
  const pxPerMs = Math.max(0, width - cuts.length * BREAK_PX) / shown;
  const pieces: Piece[] = [];
  let at = from;
  let x0 = 0;
  const add = (until: number, cut: boolean) => {
    const x1 = x0 + (cut ? BREAK_PX : (until - at) * pxPerMs);
    pieces.push({ from: at, to: until, x0, x1, cut });
    at = until;
    x0 = x1;
  };
  for (const cut of cuts) {
    add(cut.from, false);
    add(cut.to, true);
  }
  add(end, false);
  const x = (time: number): number => {
    const piece = pieces.find((p) => time <= p.to) ?? pieces.at(-1);
    if (piece === undefined || time <= from) return 0;
    if (time >= end) return width;
    return piece.x0 + ((time - piece.from) / (piece.to - piece.from)) * (piece.x1 - piece.x0);
  };
  return { pieces, width, x, pxPerMs };
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3,
  3600e3, 7200e3, 10800e3, 21600e3, 43200e3, 86400e3,
];

/**
 * cutTicks gives round moments for a cut axis, none inside a break, at least `apart` pixels from each other.
 * @param offsetMs the zone's offset, so that ticks fall on its round hours
 */
export function cutTicks(scale: CutScale, apart: number, offsetMs = 0): { stepMs: number; ticks: { at: number; x: number }[] } {
  const stepMs =
    STEPS_MS.find((s) => s * scale.pxPerMs >= apart) ??
    Math.ceil(apart / scale.pxPerMs / 86400e3) * 86400e3;
  const ticks: { at: number; x: number }[] = [];
  for (const piece of scale.pieces) {
    if (piece.cut) continue;
    for (let at = Math.ceil((piece.from + offsetMs) / stepMs) * stepMs - offsetMs; at <= piece.to; at += stepMs) {
      const x = scale.x(at);
      if (x - (ticks.at(-1)?.x ?? -Infinity) >= apart * 0.9) ticks.push({ at, x });
    }
  }
  return { stepMs, ticks };
}
