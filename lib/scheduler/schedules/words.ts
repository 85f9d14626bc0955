import cronstrue from 'cronstrue';
import { type ScheduleTimes } from '../fires/timetable';

const UNITS: [string, string][] = [['Y', 'year'], ['M', 'month'], ['W', 'week'], ['D', 'day']];
const TIME_UNITS: [string, string][] = [['H', 'hour'], ['M', 'minute'], ['S', 'second']];

/** scheduleWords says when a schedule fires: "Every day", "At 06:00, Monday through Friday". What cannot be read is given as it is. */
export function scheduleWords(times: Pick<ScheduleTimes, 'cron' | 'every'>): string {
  if (times.cron !== undefined) {
    try {
      return cronstrue.toString(times.cron, { use24HourTimeFormat: true });
    } catch {
      return times.cron;
    }
  }
  return times.every === undefined ? '' : everyWords(times.every);
}

function everyWords(every: string): string {
  const [days = '', clock = ''] = every.replace(/^P/, '').split('T');
  const parts = [...read(days, UNITS), ...read(clock, TIME_UNITS)];
  const [only] = parts;
  if (!only) return every;
  if (parts.length === 1 && only.count === 1) return `Every ${only.unit}`;
  return `Every ${parts.map(({ count, unit }) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ')}`;
}

const read = (text: string, units: [string, string][]) =>
  units.flatMap(([letter, unit]) => {
    const found = new RegExp(`(\\d+)${letter}`).exec(text);
    return found ? [{ count: Number(found[1]), unit }] : [];
  });
