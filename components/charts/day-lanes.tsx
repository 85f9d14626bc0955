'use client';

import Link from 'next/link';
import { StateIcon, stateColor, stateEntry } from '@/components/state';
import { formatDay, formatDuration, formatTime, plural, useNow, useZone } from '@/components/time';
import { timeTicks, zoneOffset } from './time-ticks';

export type LaneRun = {
  id: string;
  pipeline: string;
  state: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

const DAY = 86_400_000;

/**
 * DayLanes draws the runs of a stretch of time, one lane a pipeline, one bar a run with its width its duration. A failed run has
 * its mark beside the bar. Clicking opens the run.
 * @param hours how far back from now
 */
export function DayLanes({
  runs,
  hours,
  runHref,
}: {
  runs: readonly LaneRun[];
  hours: number;
  runHref: (id: string) => string;
}) {
  const { zone } = useZone();
  const now = useNow(30_000);
  const to = now.getTime();
  const from = to - hours * 3_600_000;
  const share = (t: number) => `${(Math.min(1, Math.max(0, (t - from) / (to - from))) * 100).toFixed(3)}%`;
  const lanes = [...new Set(runs.map((r) => r.pipeline))];
  const ticks = timeTicks(from, to, 8, zoneOffset(now, zone)).filter((t) => to - t > (to - from) * 0.03);
  const label = (t: number) =>
    hours * 3_600_000 > 2 * DAY
      ? formatDay(new Date(t), zone, now)
      : new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(t);
  return (
    <div className="px-4 pt-2 pb-3" suppressHydrationWarning>
      <div className="grid grid-cols-[minmax(72px,132px)_minmax(0,1fr)] gap-x-3">
        <ul className="text-12 leading-6 text-ink-2">
          {lanes.map((lane) => (
            <li key={lane} className="h-6 truncate">
              {lane}
            </li>
          ))}
        </ul>
        <div className="relative" suppressHydrationWarning>
          {ticks.map((t) => (
            <span
              key={t}
              suppressHydrationWarning
              className="absolute inset-y-0 w-px bg-chart-grid"
              style={{ left: share(t) }}
            />
          ))}
          {lanes.map((lane) => (
            <div
              key={lane}
              className="relative h-6"
              role="group"
              aria-label={`${lane}: ${plural(runs.filter((r) => r.pipeline === lane).length, 'run')}`}
            >
              {runs
                .filter((r) => r.pipeline === lane)
                .map((run) => (
                  <Bar
                    key={run.id}
                    run={run}
                    from={from}
                    to={to}
                    zone={zone}
                    now={now}
                    href={runHref(run.id)}
                  />
                ))}
            </div>
          ))}
          <span className="absolute inset-y-0 right-0 w-px bg-accent" aria-hidden />
        </div>
        <span />
        <div className="relative mt-1 h-4 text-12 text-ink-3" aria-hidden>
          {ticks.map((t) => (
            <span
              key={t}
              suppressHydrationWarning
              className="num absolute -translate-x-1/2 whitespace-nowrap max-sm:[&:nth-child(even)]:hidden"
              style={{ left: share(t) }}
            >
              {label(t)}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

function Bar({
  run,
  from,
  to,
  zone,
  now,
  href,
}: {
  run: LaneRun;
  from: number;
  to: number;
  zone: string;
  now: Date;
  href: string;
}) {
  const start = new Date(run.startedAt ?? run.createdAt).getTime();
  const end = run.finishedAt === null ? to : new Date(run.finishedAt).getTime();
  if (end < from) return null;
  const left = Math.max(0, (start - from) / (to - from));
  const width = Math.max(0, Math.min(1, (end - from) / (to - from)) - left);
  const word = stateEntry(run.state).label;
  const title = `${run.pipeline}: ${word.toLowerCase()}, ${formatTime(new Date(start), zone, now)}, ${formatDuration(end - start)}`;
  return (
    <Link
      href={href}
      title={title}
      aria-label={title}
      suppressHydrationWarning
      className="absolute top-1.5 flex items-center gap-1 hover:opacity-70"
      style={{
        left: `min(${(left * 100).toFixed(3)}%, 100% - 6px)`,
        width: `max(6px, ${(width * 100).toFixed(3)}%)`,
      }}
    >
      <span
        className="block h-3 w-full min-w-1.5 rounded-[2px]"
        style={{ background: stateColor(run.state), opacity: run.state === 'succeeded' ? 0.75 : 1 }}
      />
      {run.state === 'failed' && <StateIcon state="failed" size={12} label={null} className="-mr-4" />}
    </Link>
  );
}
