/** ZONE_COOKIE remembers the chosen zone, so that the server already writes times in it. */
export const ZONE_COOKIE = 'penstock_zone';

/** zoneOf reads the cookie's value and falls back to UTC for a zone that the runtime does not know. */
export function zoneOf(value: string | undefined): string {
  if (value === undefined) return 'UTC';
  try {
    const zone = decodeURIComponent(value);
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}
