/** Between how many executor processes a supervisor keeps, and how long one must have had nothing to do before it is stopped. */
export type ScaleBounds = { min: number; max: number; idleSeconds: number };

/** An executor process of the supervisor. One that is still starting has nothing to do yet. `idleSince`: steady clock, ms; null: busy. */
export type ScaledChild = { id: string; slots: number; busy: number; idleSince: number | null };

export type ScaleDecision = { start: number; stop: string[] };

/**
 * decideScale says how many executor processes to start or which to stop. It grows at once when more waits than fits into free slots, at
 * most doubling in one step, and shrinks only by processes that have been idle for the whole time while nothing waited, so that a queue
 * that comes and goes does not make processes come and go.
 * @param ready tasks that wait and that these processes could take
 * @param slotsEach slots of one process
 * @param now steady clock, ms
 */
export function decideScale(bounds: ScaleBounds, ready: number, children: readonly ScaledChild[], slotsEach: number, now: number): ScaleDecision {
  const have = children.length;
  if (have < bounds.min) return { start: bounds.min - have, stop: [] };
  if (have > bounds.max) return { start: 0, stop: idlest(children).slice(0, have - bounds.max).map((child) => child.id) };
  const free = children.reduce((sum, child) => sum + Math.max(0, child.slots - child.busy), 0);
  if (ready > free) {
    const wanted = Math.ceil((ready - free) / Math.max(1, slotsEach));
    return { start: Math.min(wanted, Math.max(1, have), bounds.max - have), stop: [] };
  }
  if (ready > 0) return { start: 0, stop: [] };
  const rested = idlest(children).filter((child) => child.idleSince !== null && now - child.idleSince >= bounds.idleSeconds * 1000);
  return { start: 0, stop: rested.slice(0, have - bounds.min).map((child) => child.id) };
}

/** Idle ones first, the longest idle before the others; busy ones last. */
function idlest(children: readonly ScaledChild[]): ScaledChild[] {
  return [...children].sort((a, b) => (a.idleSince ?? Infinity) - (b.idleSince ?? Infinity));
}
