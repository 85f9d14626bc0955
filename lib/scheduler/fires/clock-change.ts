import { HOUR, MINUTE, offsetAt } from './wall-clock';

/** clockChanges says between which of the given times a zone's clocks change, with a sentence each: {index of the later one: sentence}. */
export function clockChanges(times: Date[], zone: string): Map<number, string> {
  const notes = new Map<number, string>();
  times.forEach((at, i) => {
    const before = times[i - 1];
    if (!before) return;
    const moved = offsetAt(zone, at.getTime()) - offsetAt(zone, before.getTime());
    if (moved !== 0) notes.set(i, `Clocks go ${moved > 0 ? 'forward' : 'back'} by ${spanWords(Math.abs(moved))} before this one.`);
  });
  return notes;
}

const spanWords = (ms: number): string =>
  ms % HOUR === 0 ? `${ms / HOUR} ${ms === HOUR ? 'hour' : 'hours'}` : `${Math.round(ms / MINUTE)} minutes`;
