import { readFileSync } from 'node:fs';
import path from 'node:path';
import { env } from './env';

/**
 * publicUrl is the address people open the product at, without a slash at its end: PENSTOCK_PUBLIC_URL, else what this machine's
 * product has published in address.json. Null when neither is known (a worker on another machine).
 */
export function publicUrl(): string | null {
  const { PENSTOCK_PUBLIC_URL, PENSTOCK_HOME } = env();
  if (PENSTOCK_PUBLIC_URL) return PENSTOCK_PUBLIC_URL.replace(/\/+$/, '');
  try {
    const { url } = JSON.parse(readFileSync(path.join(PENSTOCK_HOME, 'address.json'), 'utf8')) as { url?: unknown };
    return typeof url === 'string' ? url.replace(/\/+$/, '') : null;
  } catch {
    return null;
  }
}
