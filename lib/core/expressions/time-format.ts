/** A time's calendar fields in a zone. */
type Fields = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  milli: number;
  weekday: number;
  offset: number;
};

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    formatters.set(zone, found);
  }
  return found;
}

function fieldsOf(time: Date, zone: string): Fields {
  const parts = Object.fromEntries(
    formatter(zone)
      .formatToParts(time)
      .map((part) => [part.type, part.value]),
  );
  const number = (name: string) => Number(parts[name] ?? 0);
  const year = parts.era === 'BC' ? 1 - number('year') : number('year');
  const milli = time.getUTCMilliseconds();
  const wall = Date.UTC(
    2000,
    number('month') - 1,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
    milli,
  );
  const asUtc = new Date(wall).setUTCFullYear(year, number('month') - 1, number('day'));
  return {
    year,
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
    milli,
    weekday: new Date(asUtc).getUTCDay(),
    offset: Math.round((asUtc - time.getTime()) / 60_000),
  };
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const pad = (value: number, width = 2) => String(value).padStart(width, '0');

function offsetText(minutes: number, colon: boolean): string {
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(absolute / 60))}${colon ? ':' : ''}${pad(absolute % 60)}`;
}

const LETTERS: [RegExp, (f: Fields) => string][] = [
  [/^(yyyy|YYYY)/, (f) => pad(f.year, 4)],
  [/^(yy|YY)/, (f) => pad(f.year % 100)],
  [/^MMMM/, (f) => MONTHS[f.month - 1] ?? ''],
  [/^MMM/, (f) => (MONTHS[f.month - 1] ?? '').slice(0, 3)],
  [/^MM/, (f) => pad(f.month)],
  [/^M/, (f) => String(f.month)],
  [/^(dd|DD)/, (f) => pad(f.day)],
  [/^(d|D)/, (f) => String(f.day)],
  [/^HH/, (f) => pad(f.hour)],
  [/^H/, (f) => String(f.hour)],
  [/^hh/, (f) => pad(f.hour % 12 || 12)],
  [/^h/, (f) => String(f.hour % 12 || 12)],
  [/^mm/, (f) => pad(f.minute)],
  [/^m/, (f) => String(f.minute)],
  [/^SSS/, (f) => pad(f.milli, 3)],
  [/^ss/, (f) => pad(f.second)],
  [/^s/, (f) => String(f.second)],
  [/^EEEE/, (f) => DAYS[f.weekday] ?? ''],
  [/^E{1,3}/, (f) => (DAYS[f.weekday] ?? '').slice(0, 3)],
  [/^a/, (f) => (f.hour < 12 ? 'AM' : 'PM')],
  [/^XXX/, (f) => (f.offset === 0 ? 'Z' : offsetText(f.offset, true))],
  [/^(Z|xx)/, (f) => offsetText(f.offset, false)],
];

const PERCENT: Record<string, (f: Fields) => string> = {
  Y: (f) => pad(f.year, 4),
  y: (f) => pad(f.year % 100),
  m: (f) => pad(f.month),
  d: (f) => pad(f.day),
  H: (f) => pad(f.hour),
  I: (f) => pad(f.hour % 12 || 12),
  M: (f) => pad(f.minute),
  S: (f) => pad(f.second),
  f: (f) => pad(f.milli * 1000, 6),
  p: (f) => (f.hour < 12 ? 'AM' : 'PM'),
  B: (f) => MONTHS[f.month - 1] ?? '',
  b: (f) => (MONTHS[f.month - 1] ?? '').slice(0, 3),
  A: (f) => DAYS[f.weekday] ?? '',
  a: (f) => (DAYS[f.weekday] ?? '').slice(0, 3),
  z: (f) => offsetText(f.offset, false),
  F: (f) => `${pad(f.year, 4)}-${pad(f.month)}-${pad(f.day)}`,
  T: (f) => `${pad(f.hour)}:${pad(f.minute)}:${pad(f.second)}`,
  '%': () => '%',
};

/**
 * formatTime writes a time in an IANA zone by a pattern of letters (yyyy-MM-dd HH:mm, text in 'single quotes') or of % codes
 * (%Y-%m-%d).
 * @throws RangeError for an unknown zone or pattern letter.
 */
export function formatTime(time: Date, pattern: string, zone = 'UTC'): string {
  const fields = fieldsOf(time, zone);
  if (pattern.includes('%')) {
    return pattern.replace(/%(.)/g, (_, code: string) => {
      const write = PERCENT[code];
      if (!write)
        throw new RangeError(
          `The pattern has %${code}, which is not known. Known: %${Object.keys(PERCENT).join(' %')}.`,
        );
      return write(fields);
    });
  }
  let text = '';
  let rest = pattern;
  while (rest !== '') {
    const quoted = /^'((?:[^']|'')*)'/.exec(rest);
    if (quoted) {
      text += quoted[1] === '' ? "'" : (quoted[1] ?? '').replaceAll("''", "'");
      rest = rest.slice(quoted[0].length);
      continue;
    }
    const letter = LETTERS.find(([match]) => match.test(rest));
    const taken = letter ? (letter[0].exec(rest)?.[0] ?? '') : (rest[0] ?? '');
    if (!letter && /[A-Za-z]/.test(taken) && taken !== 'T')
      throw new RangeError(
        `The pattern has the letter ${taken}, which is not known. Put plain text in single quotes.`,
      );
    text += letter ? letter[1](fields) : taken;
    rest = rest.slice(taken.length);
  }
  return text;
}
