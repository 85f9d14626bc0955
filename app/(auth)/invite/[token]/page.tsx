import type { Metadata } from 'next';
import { AuthCard } from '@/components/access/auth-card';
import { AcceptButton, InviteForm } from '@/components/access/invite-form';
import { SignOutButton } from '@/components/access/sign-out-button';
import { ButtonLink } from '@/components/ui/button';
import { AppError } from '@/lib/core/errors';
import { currentIdentity } from '@/lib/http/page-context';
import { readInvite, type Invitation } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Invitation' };

/** InvitePage is where an invitation's link leads. */
export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const [invitation, who] = await Promise.all([read(token), currentIdentity()]);
  if (typeof invitation === 'string') {
    return (
      <AuthCard title="This invitation cannot be used" sentence={invitation}>
        <ButtonLink href="/sign-in">Sign in</ButtonLink>
      </AuthCard>
    );
  }
  const { email, role, workspace, hasAccount } = invitation;
  const sentence = `You join as ${role}.`;
  if (who?.person && who.person.email !== email) {
    return (
      <AuthCard
        title={`Join ${workspace.name}`}
        sentence={`This invitation is for ${email}; you are signed in as ${who.person.email}.`}
      >
        <SignOutButton to={`/invite/${token}`}>Sign out and go on</SignOutButton>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={`Join ${workspace.name}`} sentence={sentence}>
      {who ? (
        <AcceptButton token={token} />
      ) : hasAccount ? (
        <ButtonLink
          look="primary"
          href={`/sign-in?from=${encodeURIComponent(`/invite/${token}`)}&email=${encodeURIComponent(email)}`}
        >
          Sign in as {email}
        </ButtonLink>
      ) : (
        <InviteForm token={token} email={email} />
      )}
    </AuthCard>
  );
}

async function read(token: string): Promise<Invitation | string> {
  try {
    return await readInvite(token, new Date());
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
