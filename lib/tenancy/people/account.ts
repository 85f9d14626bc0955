import { randomBytes } from 'node:crypto';
import { AppError } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import type { Identity } from '../access/identify';
import { revokeSessionRows } from '../access/store';
import { audit } from '../audit/service';
import { systemCaller } from '../context';
import { signedOut } from '../refusals';
import { emailSchema, type ChangePassword } from '../schema';
import { hashPassword, requireStrong, verifyPassword } from './password';
import { findUser, findUserByEmail, setPasswordHash } from './store';

/**
 * changePassword replaces the person's password and signs all their other browsers out.
 * @throws AppError invalid for a wrong current password or a weak new one
 */
export async function changePassword(who: Identity, given: ChangePassword): Promise<{ signedOut: number }> {
  const person = needPerson(who);
  const user = await findUser(prisma(), person.id);
  if (!(await verifyPassword(user?.passwordHash ?? null, given.current))) {
    throw new AppError('invalid', 'The current password is not right.', [
      { path: 'current', message: 'This is not your current password.' },
    ]);
  }
  requireStrong(given.next, person, 'next');
  if (given.next === given.current)
    throw new AppError('invalid', 'The new password is the old one.', [
      { path: 'next', message: 'Choose a password that differs from the current one.' },
    ]);
  const passwordHash = await hashPassword(given.next);
  return inTransaction(async (tx) => {
    await setPasswordHash(tx, person.id, passwordHash);
    const signedOut = await revokeSessionRows(tx, person.id, { except: who.sessionId }, who.now);
    await audit(tx, who, { verb: 'password.change', target: 'user', targetId: person.id });
    return { signedOut };
  });
}

/**
 * resetPassword gives an account a new password and signs it out everywhere; for the operator at the command line.
 * @param password made at random when not given
 * @returns the password to hand over
 * @throws AppError not_found when there is no such account, invalid for a weak password
 */
export async function resetPassword(
  emailText: string,
  password: string | undefined,
  now: Date,
): Promise<{ email: string; password: string; signedOut: number }> {
  const email = emailSchema.safeParse(emailText).data ?? emailText;
  const user = await findUserByEmail(prisma(), email);
  if (!user) throw new AppError('not_found', `There is no account with the e-mail address ${email}.`);
  const chosen = password ?? randomBytes(15).toString('base64url');
  requireStrong(chosen, user, 'password');
  const passwordHash = await hashPassword(chosen);
  return inTransaction(async (tx) => {
    await setPasswordHash(tx, user.id, passwordHash);
    const signedOut = await revokeSessionRows(tx, user.id, { except: null }, now);
    await audit(tx, systemCaller(now), { verb: 'password.reset', target: 'user', targetId: user.id });
    return { email, password: chosen, signedOut };
  });
}

function needPerson(who: Identity): NonNullable<Identity['person']> {
  if (!who.person) throw signedOut('This is for a signed-in person, not for a token.');
  return who.person;
}
