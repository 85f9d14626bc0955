// eslint-disable-next-line no-control-regex
const UNSTORABLE = /\u0000|\p{Surrogate}/gu;

/**
 * cleanJson replaces what PostgreSQL's jsonb refuses (NUL characters, half surrogate pairs) by U+FFFD, in keys too, and
 * drops numbers that JSON cannot hold (NaN, infinities become null).
 */
export function cleanJson<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNSTORABLE, '\uFFFD');
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(clean);
  if (value instanceof Date) return value.toISOString();
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.replace(UNSTORABLE, '\uFFFD'), clean(item)]));
  }
  return value;
}
