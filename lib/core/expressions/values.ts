import { type Json } from '../json';

/** toJson turns an expression's value into JSON: whole numbers beyond 2^53 become texts, times ISO 8601. */
export function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return isoText(value);
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (value instanceof Map)
    return Object.fromEntries(
      [...(value as Map<unknown, unknown>)].map(([key, member]) => [asText(key), toJson(member)]),
    );
  if (value instanceof Set || Array.isArray(value)) return [...(value as Iterable<unknown>)].map(toJson);
  if (isOptional(value)) return value.hasValue() ? toJson(value.value()) : null;
  if (typeof value === 'object') {
    if ('valueOf' in value && typeof value.valueOf() === 'bigint') return toJson(value.valueOf());
    if ('seconds' in value && 'nanos' in value)
      return `${Number(value.seconds) + Number(value.nanos) / 1e9}s`;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]));
  }
  return null;
}

function isOptional(value: unknown): value is { hasValue(): boolean; value(): unknown } {
  return (
    typeof value === 'object' && value !== null && 'hasValue' in value && typeof value.hasValue === 'function'
  );
}

/** asText writes an expression's value as text: JSON for lists and maps, nothing for null. */
export function asText(value: unknown): string {
  const made = toJson(value);
  if (made === null) return '';
  return typeof made === 'object' ? JSON.stringify(made) : String(made);
}

/** isoText writes a time as ISO 8601 in UTC, without milliseconds when there are none. */
export const isoText = (time: Date): string => time.toISOString().replace('.000Z', 'Z');
