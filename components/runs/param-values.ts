import type { Param } from '@/lib/pipeline';

/** ParamText holds what stands in each field of the form, by param name. */
export type ParamText = Record<string, string>;

/** textOf writes a value into a field: text as it is, everything else as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** initialText fills the form with the defaults, or with the values of an earlier run. */
export const initialText = (params: readonly Param[], values: Record<string, unknown> = {}): ParamText =>
  Object.fromEntries(params.map((p) => [p.name, textOf(values[p.name] ?? p.default)]));

type Read = { value?: unknown; error?: string };

const bounds = (p: Param, n: number): string | null => {
  if (p.minimum !== undefined && n < p.minimum) return `Give ${p.minimum} or more.`;
  if (p.maximum !== undefined && n > p.maximum) return `Give ${p.maximum} or less.`;
  return null;
};

function readNumber(p: Param, text: string): Read {
  const n = Number(text);
  if (!Number.isFinite(n)) return { error: `"${text}" is no number.` };
  if (p.type === 'integer' && !Number.isInteger(n)) return { error: 'Give a whole number.' };
  const outside = bounds(p, n);
  return outside === null ? { value: n } : { error: outside };
}

/**
 * readParam turns the text of a field into the declared type. An empty field without default is left out (the server decides
 * whether it is needed); an empty text is a value only for strings with a default.
 */
export function readParam(p: Param, text: string): Read {
  if (text === '')
    return p.default === undefined
      ? { error: 'This run needs a value here.' }
      : p.type === 'string'
        ? { value: '' }
        : {};
  if (p.enum !== undefined) {
    const chosen = p.enum.find((e) => String(e) === text);
    return chosen === undefined ? { error: `Choose one of ${p.enum.join(', ')}.` } : { value: chosen };
  }
  switch (p.type) {
    case 'integer':
    case 'number':
      return readNumber(p, text);
    case 'boolean':
      return { value: text === 'true' };
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return { error: 'This is no valid JSON.' };
      }
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? { value: text } : { error: 'Give a day like 2001-04-19.' };
    case 'datetime': {
      const at = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
      return Number.isNaN(at.getTime())
        ? { error: 'Give a moment like 2001-04-19T06:00, in UTC.' }
        : { value: at.toISOString() };
    }
    case 'string':
      return p.pattern !== undefined && !new RegExp(p.pattern, 'u').test(text)
        ? { error: `This has to look like ${p.pattern}.` }
        : { value: text };
  }
}

/** readParams reads the whole form. */
export function readParams(
  params: readonly Param[],
  text: ParamText,
): { values: Record<string, unknown>; errors: Record<string, string> } {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const p of params) {
    const read = readParam(p, text[p.name] ?? '');
    if (read.error !== undefined) errors[p.name] = read.error;
    else if (read.value !== undefined) values[p.name] = read.value;
  }
  return { values, errors };
}
