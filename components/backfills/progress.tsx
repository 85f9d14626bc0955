import { stateColor } from '@/components/state';
import type { BackfillRow } from '@/lib/scheduler';

const PARTS = ['succeeded', 'failed', 'cancelled', 'running'] as const;

/** progressWords says how far a backfill is: "12 of 31 done, 1 failed". */
export function progressWords({ counts }: Pick<BackfillRow, 'counts'>): string {
  const todo = counts.total - counts.skipped;
  if (todo === 0) return 'nothing to do';
  const more = [
    counts.running > 0 ? `${counts.running} running` : '',
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.cancelled > 0 ? `${counts.cancelled} cancelled` : '',
    counts.skipped > 0 ? `${counts.skipped} left` : '',
  ].filter(Boolean);
  return [`${counts.succeeded} of ${todo} done`, ...more].join(', ');
}

/** BackfillProgress draws how far a backfill is, by what its runs came to. */
export function BackfillProgress({ backfill }: { backfill: Pick<BackfillRow, 'counts'> }) {
  const { counts } = backfill;
  const todo = Math.max(1, counts.total - counts.skipped);
  const done = counts.succeeded + counts.failed + counts.cancelled;
  return (
    <span className="flex min-w-0 flex-col gap-1">
      <span
        role="progressbar"
        aria-label="Backfill"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={counts.total === counts.skipped ? 100 : Math.round((done / todo) * 100)}
        className="flex h-1.5 overflow-hidden rounded-full bg-hover"
      >
        {PARTS.map((state) => counts[state] > 0 && <span key={state} style={{ width: `${(counts[state] / todo) * 100}%`, background: stateColor(state) }} />)}
      </span>
      <span className="text-12 text-ink-2">{progressWords(backfill)}</span>
    </span>
  );
}
