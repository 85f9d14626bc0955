const MINUTE = 60_000;
const STEPS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((m) => m * MINUTE);

/**
 * timeTicks gives round moments between two times, at most `most` of them, for an axis.
 * @param offsetMs the zone's offset, so that ticks fall on its round hours
 */
export function timeTicks(from: number, to: number, most: number, offsetMs = 0): number[] {
  const step =
    STEPS.find((s) => (to - from) / s <= most) ??
    Math.ceil((to - from) / most / (1440 * MINUTE)) * 1440 * MINUTE;
  const first = Math.ceil((from + offsetMs) / step) * step - offsetMs;
  const ticks: number[] = [];
  for (let t = first; t <= to; t += step) ticks.push(t);
  return ticks;
}

/** zoneOffset gives how far a zone's clock is ahead of UTC at a moment, in milliseconds. */
export function zoneOffset(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const get = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  const local = Date.UTC(
    get('year'),
    get('month') - 1,
    get('day'),
    get('hour'),
    get('minute'),
    get('second'),
  );
  return local - Math.floor(at.getTime() / 1000) * 1000;
}
