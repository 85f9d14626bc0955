import type { Pace, PaceState } from '@/lib/runs';

const WORDS: Record<PaceState, string> = { working: 'working', slow: 'slow', waiting: 'waiting outside', stalled: 'stalled', unknown: 'unknown' };

/** paceWord is the word for how a running task gets on. */
export const paceWord = (state: PaceState): string => WORDS[state];

/** From what needs a look first. */
const ORDER: readonly PaceState[] = ['stalled', 'unknown', 'slow', 'waiting', 'working'];

/** worstPace is the one of several that needs a look first; null of none. */
export const worstPace = (paces: readonly (Pace | null)[]): Pace | null =>
  paces.reduce((worst, pace) => (worst === null || (pace !== null && ORDER.indexOf(pace.state) < ORDER.indexOf(worst.state)) ? pace : worst), null);
