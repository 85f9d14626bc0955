import type { ReactNode } from 'react';
import { stateEntry, type Look } from './states';

const line = (d: string, width: number) => (
  <path
    d={d}
    fill="none"
    stroke="currentColor"
    strokeWidth={width}
    strokeLinecap="round"
    strokeLinejoin="round"
  />
);

const ring = (r: number, width: number, cy = 8, dash?: string) => (
  <circle
    cx="8"
    cy={cy}
    r={r}
    fill="none"
    stroke="currentColor"
    strokeWidth={width}
    strokeLinecap="round"
    strokeDasharray={dash}
  />
);

const GLYPHS: Record<Look, ReactNode> = {
  queued: ring(5.6, 2, 8, '0.1 3.42'),
  ready: ring(4.4, 1.6),
  running: (
    <>
      {ring(5.4, 1.8)}
      <path d="M8 2.6a5.4 5.4 0 0 1 0 10.8z" fill="currentColor" />
    </>
  ),
  succeeded: line('M3 8.6l3.3 3.3L13 4.9', 2.1),
  failed: line('M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4', 2.2),
  retry: line('M13.2 8a5.2 5.2 0 1 1-1.7-3.9M12.9 1.6v3.1H9.8', 1.8),
  skipped: (
    <>
      {line('M1.8 9.5C3.5 5.2 9 4.4 12.6 8.2M13.4 4.6v4.2H9.2', 1.8)}
      <circle cx="6.9" cy="12.4" r="1.6" fill="currentColor" />
    </>
  ),
  'upstream-failed': (
    <>
      {ring(5.8, 1.8)}
      {line('M4.1 11.9l7.8-7.8', 2.2)}
    </>
  ),
  cancelled: <rect x="3.4" y="3.4" width="9.2" height="9.2" rx="1.6" fill="currentColor" />,
  'awaiting-approval': line(
    'M4.9 8.6V4.4a1 1 0 0 1 2 0V7.4M6.9 7V3a1 1 0 0 1 2 0v4.2M8.9 7.2V3.8a1 1 0 0 1 2 0V9M10.9 7.4V6a1 1 0 0 1 2 0v3.6c0 2.6-1.7 4.4-4.2 4.4-2 0-3-.8-4-2.4L2.9 8.9a1 1 0 0 1 1.7-1l1 1.3',
    1.35,
  ),
  restored: (
    <>
      {line('M2.8 8a5.2 5.2 0 1 0 1.7-3.9M3.1 1.6v3.1h3.1', 1.8)}
      <circle cx="8" cy="8" r="1.8" fill="currentColor" />
    </>
  ),
  deferred: (
    <>
      {ring(5, 1.8, 9)}
      {line('M8 6.4V9h2M6.2 1.6h3.6', 1.8)}
    </>
  ),
};

/** StateGlyph is a state's icon alone in the current colour; what stands around it says the word. `size` in px. */
export function StateGlyph({ state, size = 16 }: { state: string; size?: number }) {
  const { look } = stateEntry(state);
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden
      className={look === 'running' ? 'turns' : undefined}
    >
      {GLYPHS[look]}
    </svg>
  );
}
