'use client';

import { formatLongDay, formatTime, useNow, useZone } from '@/components/time';

/** Today says the day and the time in the chosen zone. */
export function Today() {
  const { zone } = useZone();
  const now = useNow(30_000);
  return (
    <span suppressHydrationWarning className="num">
      {formatLongDay(now, zone)}, {formatTime(now, zone, now)}{' '}
      {zone === 'UTC' ? 'UTC' : (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')}
    </span>
  );
}
