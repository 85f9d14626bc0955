import { whyNotCron } from '@/lib/pipeline';
import { invalid } from '@/lib/core/errors';

/** A cron expression as the sets of values that its fields admit. */
export type CronFields = {
  minutes: number[];
  hours: number[];
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  /** 0 is Sunday */
  weekdays: ReadonlySet<number>;
  /** the day of month admits every value, so it restricts nothing */
  anyDay: boolean;
  anyWeekday: boolean;
  /** its hour field admits every hour: it follows every pass of the clock (semantics §3) */
  frequent: boolean;
};

const NICKNAMES: Record<string, string> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * parseCron reads five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday).
 * @throws AppError invalid with the sentence of whyNotCron, which a library judges
 */
export function parseCron(text: string): CronFields {
  const why = whyNotCron(text);
  if (why !== null) throw invalid(why, [{ path: 'cron', message: why, value: text }]);
  const [minute, hour, day, month, weekday] = (NICKNAMES[text.trim().toLowerCase()] ?? text).trim().split(/\s+/) as [string, string, string, string, string];
  const days = expand(day, 1, 31, []);
  const weekdays = new Set(expand(weekday, 0, 7, WEEKDAYS).map((value) => value % 7));
  const hours = expand(hour, 0, 23, []);
  return {
    minutes: expand(minute, 0, 59, []),
    hours,
    days: new Set(days),
    months: new Set(expand(month, 1, 12, MONTHS)),
    weekdays,
    anyDay: days.length === 31,
    anyWeekday: weekdays.size === 7,
    frequent: hours.length === 24,
  };
}

/** expand lists what a field admits, ascending; names count from the field's least value. */
function expand(field: string, least: number, most: number, names: string[]): number[] {
  const number = (word: string) => {
    const name = names.indexOf(word.toLowerCase());
    return name < 0 ? Number(word) : name + least;
  };
  const admitted = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '*', step = '1'] = part.split('/');
    const [from, to] = range === '*' ? [least, most] : range.split('-').map(number);
    for (let value = from!; value <= (to ?? from!); value += Number(step)) admitted.add(value);
  }
  return [...admitted].sort((a, b) => a - b);
}
