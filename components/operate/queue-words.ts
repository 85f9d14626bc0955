import { plural } from '@/components/time/format';
import type { QueueView } from '@/lib/dispatch';

/** LANES are the lanes by their number, with what they are for. */
export const LANES = [
  { name: 'Interactive', of: 'runs that somebody started by hand, and tries' },
  { name: 'Production', of: 'schedules and events' },
  { name: 'Backfill', of: 'backfills' },
  { name: 'Exploratory', of: 'only what asks for it' },
] as const;

const MINUTE = 60_000;
const LOOKS_A_MINUTE = 4;

/** queueSentence answers in a sentence: is there room, and does anybody wait? */
export function queueSentence({ slots, lanes }: Pick<QueueView, 'slots' | 'lanes'>): string {
  const running = lanes.reduce((sum, lane) => sum + lane.running, 0);
  const ready = lanes.reduce((sum, lane) => sum + lane.ready, 0);
  if (slots === 0) return ready === 0 ? 'No worker is running.' : `No worker is running, and ${plural(ready, 'task waits', 'tasks wait')}.`;
  const held = `${running} of ${plural(slots, 'slot')} held`;
  return ready === 0 ? `${held}. Nobody waits.` : `${held}, ${plural(ready, 'task waits', 'tasks wait')}.`;
}

/**
 * minuteSeries averages looks at the queue over the whole minutes of a stretch of time: slots held by key. The queue is looked at every
 * quarter of a minute, and a quarter in which nothing is held or waits leaves no look.
 * @param from, to instants, in milliseconds
 */
export function minuteSeries(samples: readonly { at: string; key: string; running: number }[], from: number, to: number): { at: number; held: Record<string, number> }[] {
  const first = Math.ceil(from / MINUTE);
  const series: { at: number; held: Record<string, number> }[] = Array.from({ length: Math.max(0, Math.floor(to / MINUTE) - first) }, (_, i) => ({ at: (first + i) * MINUTE, held: {} }));
  for (const { at, key, running } of samples) {
    const minute = series[Math.floor(Date.parse(at) / MINUTE) - first];
    if (minute) minute.held[key] = (minute.held[key] ?? 0) + running / LOOKS_A_MINUTE;
  }
  return series;
}
