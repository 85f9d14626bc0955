import { latestInterval, type Interval, type Timetable } from '../fires/timetable';

export const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** What of a schedule decides which of its due intervals are made runs. */
export type Policy = {
  catchup: boolean;
  /** catching up goes back so far, in seconds; null: without end */
  catchupWindowSeconds: number | null;
  overlap: Overlap;
};

/** How far a schedule has come. */
export type Progress = {
  /** intervals that start before it are done with; null: none is yet */
  coveredUntil: Date | null;
  /** starts of intervals that wait for the run under way, oldest first */
  waiting: Date[];
};

/** What one look at a schedule comes to. */
export type Fires = {
  make: Interval[];
  passedOver: { interval: Interval; why: string }[];
  /** its runs under way are stopped before the new one starts */
  cancelOthers: boolean;
  after: Progress;
};

/** Intervals taken up at one look; the next look takes the rest. */
const MOST = 200;

/**
 * dueIntervals lists the intervals that have come due since the last look, oldest first: with catchup every missed one within the
 * window, without it the newest alone.
 * @param jitterMs delay of an interval's run after its end, in milliseconds
 */
export function dueIntervals(
  table: Timetable,
  policy: Policy,
  coveredUntil: Date | null,
  now: Date,
  jitterMs: (interval: Interval) => number = () => 0,
): Interval[] {
  const isDue = (interval: Interval) => interval.end.getTime() + jitterMs(interval) <= now.getTime();
  const from = policy.catchup ? (coveredUntil ?? table.start) : null;
  if (from === null) {
    const newest = newestDue(table, now, isDue);
    return newest && (coveredUntil === null || newest.start >= coveredUntil) ? [newest] : [];
  }
  const oldest = policy.catchupWindowSeconds === null ? null : new Date(now.getTime() - policy.catchupWindowSeconds * 1000);
  const reach = oldest && (table.last(oldest, 1)[0] ?? null);
  const found: Interval[] = [];
  let start = table.next(new Date((reach && reach > from ? reach : from).getTime() - 1));
  while (start !== null && found.length < MOST) {
    const end = table.next(start);
    if (end === null || !isDue({ start, end })) break;
    if (oldest === null || end >= oldest) found.push({ start, end });
    start = end;
  }
  return found;
}

function newestDue(table: Timetable, now: Date, isDue: (interval: Interval) => boolean): Interval | null {
  let interval = latestInterval(table, now);
  while (interval && !isDue(interval)) interval = latestInterval(table, new Date(interval.end.getTime() - 1));
  return interval;
}

/**
 * decideFires says which intervals become runs now (semantics §3). Several that came due at once were missed: they are caught up
 * one after another, whatever the policy says of runs that meet, unless all may run at once.
 * @param due what dueIntervals found
 * @param active how many runs of the schedule have not ended
 * @param covered tells that a run of this interval is there already
 */
export function decideFires(
  table: Timetable,
  { overlap }: Policy,
  before: Progress,
  due: Interval[],
  active: number,
  covered: (interval: Interval) => boolean,
): Fires {
  const passedOver: Fires['passedOver'] = [];
  const fresh = due.filter((interval) => {
    if (!covered(interval)) return true;
    passedOver.push({ interval, why: 'A run covers this interval already.' });
    return false;
  });
  const coveredUntil = due.at(-1)?.end ?? before.coveredUntil;
  const queue = before.waiting.flatMap((start): Interval[] => {
    const end = table.next(start);
    return end ? [{ start, end }] : [];
  });
  const all = { passedOver, cancelOthers: false };
  if (overlap === 'allow_all') return { ...all, make: [...queue, ...fresh], after: { coveredUntil, waiting: [] } };
  const [newest] = fresh;
  if (overlap === 'cancel_other' && newest && fresh.length === 1 && (active > 0 || queue.length > 0)) {
    for (const interval of queue) passedOver.push({ interval, why: 'A newer interval came due.' });
    return { ...all, cancelOthers: active > 0, make: [newest], after: { coveredUntil, waiting: [] } };
  }
  if (active === 0) queue.push(...fresh);
  else if (overlap === 'buffer_all' || fresh.length > 1 || (overlap === 'skip' && queue.length > 0)) queue.push(...fresh);
  else if (newest) {
    if (overlap === 'buffer_one' && queue.length === 0) queue.push(newest);
    else passedOver.push({ interval: newest, why: overlap === 'buffer_one' ? 'The run before had not ended, and another interval waits already.' : 'The run before had not ended.' });
  }
  const make = active === 0 ? queue.splice(0, 1) : [];
  return { ...all, make, after: { coveredUntil, waiting: queue.map((interval) => interval.start) } };
}

/** nextInterval is the interval that comes due next: the first that starts where the schedule has come to. */
export function nextInterval(table: Timetable, coveredUntil: Date | null, now: Date): Interval | null {
  const from = coveredUntil ?? table.last(now, 1)[0] ?? now;
  const start = table.next(new Date(from.getTime() - 1));
  const end = start && table.next(start);
  return start && end ? { start, end } : null;
}
