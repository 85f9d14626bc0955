import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError, notFound } from '@/lib/core/errors';
import { isId, newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { audit } from '../audit/service';
import { admitInvited } from '../people/invites';
import { verifyPassword } from '../people/password';
import { findUserByEmail, type UserRow } from '../people/store';
import { signedOut } from '../refusals';
import { emailSchema } from '../schema';
import { SESSION_MS, type Identity } from './identify';
import { insertSession, listSessionRows, revokeSessionRows, type SessionRow } from './store';

export type SessionView = {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  userAgent: string | null;
  ip: string | null;
  current: boolean;
};
export type SignedIn = { id: string; email: string; name: string; sessionId: string };
type Visit = { now: Date; ip?: string; userAgent?: string };

const byAccount = new RateLimiterMemory({ points: 10, duration: 15 * 60 });
const byAddress = new RateLimiterMemory({ points: 60, duration: 15 * 60 });

/**
 * signIn checks e-mail and password and opens a session. Ten wrong tries in 15 minutes close an account's door, sixty an
 * address's; a right one opens the account's again.
 * @returns null when e-mail and password do not belong together
 * @throws AppError rate_limited with the time to wait
 */
export async function signIn(emailText: string, password: string, visit: Visit): Promise<SignedIn | null> {
  const email = emailSchema.safeParse(emailText).data ?? '';
  await spend(byAccount, email);
  await spend(byAddress, visit.ip ?? 'unknown');
  const user = email ? await findUserByEmail(prisma(), email) : null;
  const right = await verifyPassword(user?.passwordHash ?? null, password);
  if (!user || !right || user.disabledAt) return null;
  await byAccount.delete(email);
  await byAddress.reward(visit.ip ?? 'unknown', 1);
  return openSession(user, visit);
}

/**
 * signInByProvider opens a session for somebody whom the OpenID provider vouches for: an account of that address, or an open
 * invitation to it.
 * @returns null when the address is neither
 */
export async function signInByProvider(
  emailText: string,
  name: string,
  visit: Visit,
): Promise<SignedIn | null> {
  const email = emailSchema.safeParse(emailText).data;
  if (!email) return null;
  const user = (await findUserByEmail(prisma(), email)) ?? (await admitInvited(email, name, visit.now));
  return user && !user.disabledAt ? openSession(user, visit) : null;
}

/** signOut ends the session that a cookie names; unknown ones are ended already. */
export async function signOut(sessionId: string, userId: string, now: Date): Promise<void> {
  if (isId(sessionId) && isId(userId))
    await inTransaction((tx) => revokeSessionRows(tx, userId, { only: sessionId }, now));
}

/** listSessions lists where the person is signed in. */
export async function listSessions(who: Identity): Promise<SessionView[]> {
  const rows = await listSessionRows(prisma(), needPerson(who), new Date(who.now.getTime() - SESSION_MS));
  return rows.map((row) => view(row, who.sessionId));
}

/** revokeSession signs one of the person's browsers out. @throws AppError not_found */
export async function revokeSession(who: Identity, sessionId: string): Promise<void> {
  const userId = needPerson(who);
  await inTransaction(async (tx) => {
    const ended = isId(sessionId) ? await revokeSessionRows(tx, userId, { only: sessionId }, who.now) : 0;
    if (ended === 0) throw notFound('session', sessionId);
    await audit(tx, who, { verb: 'session.revoke', target: 'session', targetId: sessionId });
  });
}

/** revokeOtherSessions signs the person out everywhere but here. @returns how many ended */
export async function revokeOtherSessions(who: Identity): Promise<number> {
  const userId = needPerson(who);
  return inTransaction(async (tx) => {
    const ended = await revokeSessionRows(tx, userId, { except: who.sessionId }, who.now);
    await audit(tx, who, {
      verb: 'session.revoke_others',
      target: 'user',
      targetId: userId,
      after: { ended },
    });
    return ended;
  });
}

async function openSession(user: UserRow, visit: Visit): Promise<SignedIn> {
  const sessionId = newId();
  const { now, ip, userAgent } = visit;
  await inTransaction(async (tx) => {
    await insertSession(tx, {
      id: sessionId,
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      userAgent: userAgent?.slice(0, 400) ?? null,
      ip: ip ?? null,
    });
    const caller = {
      actor: { kind: 'user' as const, id: user.id, name: user.name },
      isOwner: user.isOwner,
      now,
      ...(ip ? { ip } : {}),
    };
    await audit(tx, caller, { verb: 'session.open', target: 'session', targetId: sessionId });
  });
  return { id: user.id, email: user.email, name: user.name, sessionId };
}

async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.ceil(refused.msBeforeNext / 1000);
    const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
    throw new AppError('rate_limited', `Too many tries to sign in. Wait ${wait}, then try again.`, [], {
      retryAfterSeconds: seconds,
    });
  }
}

function needPerson(who: Identity): string {
  if (!who.person) throw signedOut('This is for a signed-in person, not for a token.');
  return who.person.id;
}

const view = (row: SessionRow, current: string | null): SessionView => ({
  id: row.id,
  createdAt: row.createdAt,
  lastSeenAt: row.lastSeenAt,
  userAgent: row.userAgent,
  ip: row.ip,
  current: row.id === current,
});
