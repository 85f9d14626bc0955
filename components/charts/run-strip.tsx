'use client';

import Link from 'next/link';
import { stateColor, stateEntry } from '@/components/state';
import { formatDuration, plural } from '@/components/time';
import { cx } from '@/components/ui/class-names';

export type StripRun = {
  id: string;
  state: string;
  startedAt: Date | string | null;
  finishedAt: Date | string | null;
};

const msOf = (run: StripRun) =>
  run.startedAt === null || run.finishedAt === null
    ? null
    : Math.max(0, new Date(run.finishedAt).getTime() - new Date(run.startedAt).getTime());

const summary = (runs: readonly StripRun[]) => {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(run.state, (counts.get(run.state) ?? 0) + 1);
  return `Last ${plural(runs.length, 'run')}: ${[...counts].map(([state, n]) => `${n} ${stateEntry(state).label.toLowerCase()}`).join(', ')}`;
};

/**
 * RunStrip draws the last runs as bars, oldest left: colour and form are the state, height is the duration (square root, so that
 * one long run does not flatten the rest). A bar opens its run. One that is still going is an outline.
 * @param runs newest first, as lists give them
 */
export function RunStrip({
  runs,
  runHref,
  slots = 20,
  height = 24,
  className,
}: {
  runs: readonly StripRun[];
  runHref: (id: string) => string;
  slots?: number;
  height?: number;
  className?: string;
}) {
  const shown = runs.slice(0, slots).reverse();
  if (shown.length === 0) return <span className="text-12 text-ink-3">not run yet</span>;
  const longest = Math.max(1, ...shown.map((r) => msOf(r) ?? 0));
  return (
    <span
      role="group"
      aria-label={summary(runs.slice(0, slots))}
      className={cx('inline-flex items-end gap-[2px]', className)}
      style={{ height }}
    >
      {shown.map((run) => {
        const ms = msOf(run);
        const open = run.finishedAt === null;
        const bar = open ? 10 : 4 + Math.sqrt((ms ?? 0) / longest) * (height - 4);
        const color = stateColor(run.state);
        const word = stateEntry(run.state).label;
        return (
          <Link
            key={run.id}
            href={runHref(run.id)}
            tabIndex={-1}
            title={ms === null ? word : `${word}, ${formatDuration(ms)}`}
            aria-label={`${word} run`}
            className="flex h-full items-end hover:opacity-70"
          >
            <span
              className={cx('block w-[5px] rounded-[1.5px]', open && 'border')}
              style={{
                height: bar,
                borderColor: color,
                background: open ? 'transparent' : color,
                opacity: run.state === 'succeeded' ? 0.75 : 1,
              }}
            />
          </Link>
        );
      })}
    </span>
  );
}
