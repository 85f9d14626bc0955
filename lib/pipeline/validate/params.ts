import { didYouMean } from '@/lib/core/suggest';
import { type Report } from './report';

const FITS: Record<string, [(value: unknown) => boolean, string]> = {
  string: [(value) => typeof value === 'string', 'a text'],
  integer: [(value) => Number.isInteger(value), 'a whole number'],
  number: [(value) => typeof value === 'number' && Number.isFinite(value), 'a number'],
  boolean: [(value) => typeof value === 'boolean', 'true or false'],
  date: [
    (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isRealDate(value),
    'a date like 2001-04-18',
  ],
  datetime: [
    (value) =>
      typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)),
    'a time like 2001-04-18T06:00:00Z',
  ],
  json: [() => true, 'a JSON value'],
};

function isRealDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** paramProblems checks declared params against themselves: names, bounds, and that a default is a possible value. */
export function paramProblems(report: Report): void {
  const seen = new Set<string>();
  report.spec.params.forEach((param, at) => {
    const say = (field: string, message: string) => report.at(['params', at, field], message);
    if (seen.has(param.name))
      say('name', `Two params are called "${param.name}". Give one of them another name.`);
    seen.add(param.name);
    const { minimum, maximum, type, pattern } = param as {
      minimum?: unknown;
      maximum?: unknown;
      type?: unknown;
      pattern?: unknown;
    };
    const options = Array.isArray(param.enum) ? (param.enum as unknown[]) : undefined;
    if (typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum)
      say('minimum', `The least value ${minimum} is above the greatest value ${maximum}.`);
    const fitting = typeof type === 'string' ? FITS[type] : undefined;
    const numeric = type === 'integer' || type === 'number';
    for (const name of ['minimum', 'maximum'] as const)
      if (typeof param[name] === 'number' && fitting && !numeric)
        say(name, `Only numbers have a ${name}, but "${param.name}" is of type ${String(type)}. Remove it.`);
    if (typeof pattern === 'string' && fitting && type !== 'string')
      say('pattern', `Only texts have a pattern, but "${param.name}" is of type ${String(type)}. Remove it.`);
    options?.forEach((option, index) => {
      if (fitting && !fitting[0](option))
        report.at(['params', at, 'enum', index], `The possible value ${JSON.stringify(option)} of "${param.name}" must be ${fitting[1]}.`);
    });
    const matches = typeof pattern === 'string' ? expression(pattern) : undefined;
    if (typeof pattern === 'string' && !matches) say('pattern', `"${pattern}" is no regular expression.`);
    const value = param.default;
    const fits = typeof type === 'string' ? FITS[type] : undefined;
    if (value === undefined || value === null || !fits) return;
    if (!fits[0](value))
      say(
        'default',
        `The default of "${param.name}" is ${JSON.stringify(value)}, but it must be ${fits[1]}.`,
      );
    else if (typeof value === 'number' && typeof minimum === 'number' && value < minimum)
      say('default', `The default of "${param.name}" is ${value}, but the least value is ${minimum}.`);
    else if (typeof value === 'number' && typeof maximum === 'number' && value > maximum)
      say('default', `The default of "${param.name}" is ${value}, but the greatest value is ${maximum}.`);
    else if (options && !options.includes(value))
      say(
        'default',
        `The default of "${param.name}" is ${JSON.stringify(value)}, but only ${options.join(', ')} are possible.${didYouMean(typeof value === 'string' ? value : '', options.map(String))}`,
      );
    else if (matches && typeof value === 'string' && !matches.test(value))
      say(
        'default',
        `The default of "${param.name}" is "${value}", which does not match ${String(pattern)}.`,
      );
  });
}

function expression(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch {
    return undefined;
  }
}
