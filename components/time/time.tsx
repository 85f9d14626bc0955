'use client';

import { useEffect, useState } from 'react';
import { cx } from '@/components/ui/class-names';
import { formatAgo, formatDay, formatDuration, formatExact, formatTime } from './format';
import { useZone } from './zone';

type Moment = Date | string;

const dateOf = (at: Moment) => (typeof at === 'string' ? new Date(at) : at);

/** useNow returns the time, renewed every `everyMs` while `ticking`. */
export function useNow(everyMs = 1000, ticking = true): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, ticking]);
  return now;
}

/** Time shows a moment in the chosen zone; hovering shows it exactly, in the zone and in UTC. `null` shows a dash. */
export function Time({
  at,
  show = 'time',
  className,
}: {
  at: Moment | null | undefined;
  /** `time`: as short as clear, `day`: the day alone, `ago`: how long ago, renewed each half minute. */
  show?: 'time' | 'day' | 'ago';
  className?: string;
}) {
  const { zone } = useZone();
  const now = useNow(30_000, show === 'ago');
  if (at === null || at === undefined) return <span className="text-ink-3">–</span>;
  const date = dateOf(at);
  const exact = formatExact(date, zone) + (zone === 'UTC' ? '' : `\n${formatExact(date, 'UTC')}`);
  const text =
    show === 'ago'
      ? formatAgo(date, now)
      : show === 'day'
        ? formatDay(date, zone, now)
        : formatTime(date, zone, now);
  return (
    <time
      dateTime={date.toISOString()}
      title={exact}
      suppressHydrationWarning
      className={cx('num', className)}
    >
      {text}
    </time>
  );
}

/** Duration shows a length humanely; hovering shows milliseconds. @param ms milliseconds, null shows a dash */
export const Duration = ({ ms, className }: { ms: number | null | undefined; className?: string }) =>
  ms === null || ms === undefined ? (
    <span className="text-ink-3">–</span>
  ) : (
    <span className={cx('num', className)} title={`${Math.round(ms).toLocaleString('en-US')} ms`}>
      {formatDuration(ms)}
    </span>
  );

/** Elapsed shows how long something takes: it counts while `until` is missing. */
export function Elapsed({
  since,
  until,
  className,
}: {
  since: Moment | null | undefined;
  until?: Moment | null;
  className?: string;
}) {
  const open = since !== null && since !== undefined && (until === null || until === undefined);
  const now = useNow(1000, open);
  if (since === null || since === undefined) return <span className="text-ink-3">–</span>;
  const end = open ? now : dateOf(until ?? now);
  const ms = Math.max(0, end.getTime() - dateOf(since).getTime());
  const shown = open ? Math.floor(ms / 1000) * 1000 : ms;
  return (
    <span
      className={cx('num', className)}
      title={`${Math.round(ms).toLocaleString('en-US')} ms`}
      suppressHydrationWarning
    >
      {open && shown < 1000 ? '0 s' : formatDuration(shown)}
    </span>
  );
}
