import { env } from '@/lib/core/env';
import { AppError } from '@/lib/core/errors';

/**
 * requireOwnOrigin refuses a write with a session cookie that another site sent. The browser tells the origin; a program
 * that sends a cookie without one is refused too and should use an API token.
 */
export function requireOwnOrigin(headers: Headers): void {
  const origin = headers.get('origin');
  if (origin === null) {
    const site = headers.get('sec-fetch-site');
    if (site === 'same-origin' || site === 'none') return;
    throw new AppError(
      'forbidden',
      "A call with a session cookie must come from the product's own pages (header Origin). Programs send an API token instead.",
    );
  }
  if (!ownOrigins(headers, env().PENSTOCK_PUBLIC_URL).includes(origin)) {
    throw new AppError(
      'forbidden',
      `This call came from ${origin}, which is not this product's address. Behind a proxy, set PENSTOCK_PUBLIC_URL to the address people use.`,
    );
  }
}

/** ownOrigins lists the addresses this product answers to for a request. */
export function ownOrigins(headers: Headers, publicUrl: string | undefined): string[] {
  const host = headers.get('host');
  const origins = host ? [`http://${host}`, `https://${host}`] : [];
  if (publicUrl && URL.canParse(publicUrl)) origins.push(new URL(publicUrl).origin);
  return origins;
}

/** clientIp is the caller's address as the server tells it; only a note in the audit and a key for rate limits. */
export const clientIp = (headers: Headers): string | undefined =>
  headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || undefined;

/** publicOrigin is the address that links to people carry: PENSTOCK_PUBLIC_URL, or the one this request came to. */
export function publicOrigin(headers: Headers): string {
  const { PENSTOCK_PUBLIC_URL } = env();
  if (PENSTOCK_PUBLIC_URL && URL.canParse(PENSTOCK_PUBLIC_URL)) return new URL(PENSTOCK_PUBLIC_URL).origin;
  return `${headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http'}://${headers.get('host') ?? 'localhost'}`;
}
