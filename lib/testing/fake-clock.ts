import type { Clock } from '@/lib/core/clock';

/** fakeClock is domain time in a test's hands: it stands still until moved. */
export function fakeClock(start = '2026-01-05T08:00:00.000Z'): Clock & { set(at: string): void; advance(ms: number): void } {
  let now = new Date(start).getTime();
  return Object.assign(() => new Date(now), {
    set: (at: string) => {
      now = new Date(at).getTime();
    },
    advance: (ms: number) => {
      now += ms;
    },
  });
}
