import { decode } from 'next-auth/jwt';
import { env } from '@/lib/core/env';
import { AppError } from '@/lib/core/errors';
import { slugSchema } from '@/lib/tenancy';
import {
  derivedSecret,
  identifySession,
  identifyToken,
  type Identity,
  type Moment,
} from '@/lib/tenancy/server';
import { requireOwnOrigin } from './origin';

/** secureCookies: cookies are marked Secure exactly when people reach the product by https. */
export const secureCookies = (): boolean => env().PENSTOCK_PUBLIC_URL?.startsWith('https://') ?? false;

/** sessionCookie is the name of the cookie that holds the signed session. */
export const sessionCookie = (): string => `${secureCookies() ? '__Secure-' : ''}next-auth.session-token`;

/** sessionSecret signs session cookies; derived from the installation's key, so a restart keeps people signed in. */
export const sessionSecret = (): string => derivedSecret('session');

/**
 * identityOfRequest finds out who calls: `Authorization: Bearer pst_…`, or the session cookie (writes only from our own pages).
 * @param workspace slug of the workspace that the call is for, as its address says
 * @throws AppError unauthorized, or forbidden for a write from another origin
 */
export async function identityOfRequest(request: Request, at: Moment, workspace?: string): Promise<Identity> {
  const slug = slugSchema.safeParse(workspace).data ?? null;
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
    if (!token)
      throw new AppError(
        'unauthorized',
        'The header Authorization cannot be read. Send "Authorization: Bearer pst_…".',
      );
    return identifyToken(token, at, slug);
  }
  const identity = await identityOfCookie(
    readCookie(request.headers.get('cookie') ?? '', sessionCookie()),
    at,
    slug,
  );
  if (!identity)
    throw new AppError(
      'unauthorized',
      'Nobody is signed in and no API token was sent. Send "Authorization: Bearer pst_…" or sign in.',
    );
  if (request.method !== 'GET' && request.method !== 'HEAD') requireOwnOrigin(request.headers);
  return identity;
}

/** identityOfCookie reads a session cookie's value. @returns null when nobody is signed in by it */
export async function identityOfCookie(value: string | undefined, at: Moment, slug: string | null = null): Promise<Identity | null> {
  if (!value) return null;
  const claims = await decode({ token: value, secret: sessionSecret() }).catch(() => null);
  return typeof claims?.sid === 'string' ? identityOfSession(claims.sid, at, slug) : null;
}

/** identityOfSession reads a session. @returns null when it is unknown, revoked or over */
export async function identityOfSession(sid: string, at: Moment, slug: string | null = null): Promise<Identity | null> {
  try {
    return await identifySession(sid, at, slug);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') return null;
    throw error;
  }
}

function readCookie(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const cut = part.indexOf('=');
    if (cut > 0 && part.slice(0, cut).trim() === name) return decodeURIComponent(part.slice(cut + 1).trim());
  }
  return undefined;
}
