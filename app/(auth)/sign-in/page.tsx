import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthCard } from '@/components/access/auth-card';
import { SignInForm } from '@/components/access/sign-in-form';
import { oidcConfigured } from '@/lib/http/auth';
import { currentIdentity } from '@/lib/http/page-context';
import { ownerExists } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Sign in' };

const NOTICES: Record<string, string> = {
  unknown_person:
    'Your organization knows you, but this installation does not. Ask an admin for an invitation to your address.',
  unverified: 'Your provider has not verified your e-mail address. Verify it there, then sign in again.',
};

type Props = {
  searchParams: Promise<{ from?: string; callbackUrl?: string; error?: string; email?: string }>;
};

/** SignInPage asks who is there. */
export default async function SignInPage({ searchParams }: Props) {
  const { from, callbackUrl, error, email } = await searchParams;
  const to = insidePath(from ?? callbackUrl);
  if (await currentIdentity()) redirect(to);
  if (!(await ownerExists())) redirect('/setup');
  const notice = error ? (NOTICES[error] ?? 'Signing in did not work. Try again.') : null;
  return (
    <AuthCard title="Sign in">
      <SignInForm to={to} oidc={oidcConfigured()} notice={notice} {...(email ? { email } : {})} />
    </AuthCard>
  );
}

/** Only addresses of this product: a link cannot lead elsewhere after sign-in. */
function insidePath(given: string | undefined): string {
  if (!given || !URL.canParse(given, 'http://here')) return '/';
  const url = new URL(given, 'http://here');
  return given.startsWith('/') && url.origin === 'http://here' ? url.pathname + url.search : '/';
}
