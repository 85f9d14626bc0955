import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { systemClock } from '@/lib/core/clock';
import { env } from '@/lib/core/env';
import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { signIn, signInByProvider, signOut } from '@/lib/tenancy/server';
import { clientIp } from './origin';
import { identityOfSession, secureCookies, sessionSecret } from './session';

declare module 'next-auth' {
  interface User {
    sid?: string;
  }
}
declare module 'next-auth/jwt' {
  interface JWT {
    sid?: string;
  }
}

const THIRTY_DAYS = 30 * 24 * 3600;

/** oidcConfigured tells whether PENSTOCK_OIDC_* name a provider. */
export const oidcConfigured = (): boolean =>
  Boolean(env().PENSTOCK_OIDC_ISSUER && env().PENSTOCK_OIDC_CLIENT_ID);

/**
 * authOptions configures next-auth: e-mail and password, and one OpenID Connect provider when set. The signed cookie names a
 * session row (`sid`), which every request looks up, so that revoking it works at once.
 */
export function authOptions(): NextAuthOptions {
  trustOwnAddress();
  return {
    secret: sessionSecret(),
    useSecureCookies: secureCookies(),
    session: { strategy: 'jwt', maxAge: THIRTY_DAYS },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in', newUser: '/' },
    providers: [passwordProvider(), ...(oidcConfigured() ? [oidcProvider()] : [])],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.type !== 'oauth') return true;
        if ((profile as { email_verified?: boolean } | undefined)?.email_verified === false)
          return '/sign-in?error=unverified';
        const made = user.email
          ? await signInByProvider(user.email, user.name ?? '', { now: systemClock() })
          : null;
        if (!made) return '/sign-in?error=unknown_person';
        Object.assign(user, { id: made.id, sid: made.sessionId, name: made.name, email: made.email });
        return true;
      },
      jwt: ({ token, user }) => (user?.sid ? { sub: user.id, sid: user.sid } : token),
      session: async ({ session, token }) => {
        const who = token.sid ? await identityOfSession(token.sid, { now: systemClock() }) : null;
        if (!who?.person) return { expires: new Date(0).toISOString() };
        return { expires: session.expires, user: { name: who.person.name, email: who.person.email } };
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (token?.sid && token.sub) await signOut(token.sid, token.sub, systemClock());
      },
    },
    logger: {
      error: (code, metadata) =>
        log.error(
          { code, reason: metadata instanceof Error ? metadata.message : undefined },
          'sign-in failed',
        ),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

function passwordProvider() {
  return CredentialsProvider({
    name: 'E-mail and password',
    credentials: {
      email: { label: 'E-mail', type: 'email' },
      password: { label: 'Password', type: 'password' },
    },
    authorize: async (given, request) => {
      const headers = new Headers(Object.entries((request.headers ?? {}) as Record<string, string>));
      const ip = clientIp(headers);
      const userAgent = headers.get('user-agent');
      try {
        const made = await signIn(given?.email ?? '', given?.password ?? '', {
          now: systemClock(),
          ...(ip ? { ip } : {}),
          ...(userAgent ? { userAgent } : {}),
        });
        return made && { id: made.id, email: made.email, name: made.name, sid: made.sessionId };
      } catch (error) {
        if (error instanceof AppError) throw new Error(error.message, { cause: error });
        log.error({ err: error }, 'sign-in could not be decided');
        throw new Error('Signing in is not possible right now. Try again in a moment.', { cause: error });
      }
    },
  });
}

type OidcProfile = { sub: string; name?: string; email?: string; preferred_username?: string };

function oidcProvider(): OAuthConfig<OidcProfile> {
  const {
    PENSTOCK_OIDC_ISSUER: issuer = '',
    PENSTOCK_OIDC_CLIENT_ID: clientId = '',
    PENSTOCK_OIDC_CLIENT_SECRET: clientSecret = '',
  } = env();
  return {
    id: 'oidc',
    name: 'Single sign-on',
    type: 'oauth',
    wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    clientId,
    clientSecret,
    profile: (profile) => ({
      id: profile.sub,
      name: profile.name ?? profile.preferred_username ?? profile.email ?? '',
      email: profile.email ?? '',
    }),
  };
}

/** next-auth wants to be told its address: the public one when set, otherwise the one of each request (any host and port). */
function trustOwnAddress(): void {
  const { PENSTOCK_PUBLIC_URL } = env();
  if (PENSTOCK_PUBLIC_URL) process.env.NEXTAUTH_URL = PENSTOCK_PUBLIC_URL;
  else {
    delete process.env.NEXTAUTH_URL;
    process.env.AUTH_TRUST_HOST = '1';
  }
}
