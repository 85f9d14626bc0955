import { formatDuration } from '@/components/time/format';

/** AXIS_TEXT is how recharts writes along an axis. */
export const AXIS_TEXT = { fontSize: 12, fill: 'var(--text-3)', fontFamily: 'var(--font-sans)' };

/** axisDuration writes a round length on an axis without losing what tells it from the next: "75 ms", "0.15 s", "1 m 30 s". */
export function axisDuration(ms: number): string {
  if (ms < 1) return '0';
  if (ms < 100) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Number((ms / 1000).toFixed(2))} s` : formatDuration(ms);
}
