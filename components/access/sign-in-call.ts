import { signIn } from 'next-auth/react';

const WRONG =
  'E-mail and password do not belong together. Check both; an admin or operator can reset the password.';

/** signInWithPassword opens a session. @returns null when it worked, otherwise the sentence to show */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  const result = await signIn('credentials', { email, password, redirect: false }).catch(() => undefined);
  if (result?.ok && !result.error) return null;
  if (!result) return 'Penstock does not answer. Check that it is running, then try again.';
  return result.error === 'CredentialsSignin' || !result.error ? WRONG : result.error;
}
