import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@/lib/core/errors';
import { passwordStrength } from './password-strength';

/** hashPassword makes an argon2id hash (19 MiB, 2 passes). */
export const hashPassword = (password: string): Promise<string> => hash(password);

let decoy: Promise<string> | undefined;

/** verifyPassword compares; without a stored hash it takes as long and answers false, so that accounts cannot be probed by time. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash(randomBytes(16));
  const right = await verify(stored ?? (await decoy), password);
  return stored !== null && right;
}

/** requireStrong refuses a weak password. @param path the field, for the form. @throws AppError invalid with each reason */
export function requireStrong(
  password: string,
  about: { email?: string; name?: string },
  path: string,
): void {
  const { problems } = passwordStrength(password, about);
  if (problems.length > 0)
    throw new AppError(
      'invalid',
      `Choose a stronger password. ${problems.join(' ')}`,
      problems.map((message) => ({ path, message })),
    );
}
