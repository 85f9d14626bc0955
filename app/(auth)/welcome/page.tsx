import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthCard } from '@/components/access/auth-card';
import { SignOutButton } from '@/components/access/sign-out-button';
import { WelcomeChoice } from '@/components/access/welcome-choice';
import { pageIdentity } from '@/lib/http/page-context';
import { findDemoToSeed, listWorkspaces } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Welcome' };

/** WelcomePage is where somebody without a workspace lands: an owner chooses one, others learn what to do. */
export default async function WelcomePage() {
  const who = await pageIdentity();
  const workspaces = await listWorkspaces(who);
  if (!who.isOwner) {
    const first = workspaces[0];
    if (first) redirect(`/w/${first.slug}`);
    return (
      <AuthCard
        title="You are in no workspace yet"
        sentence="Ask an admin of a workspace to invite you; the invitation's link brings you there."
      >
        <SignOutButton to="/sign-in">Sign out</SignOutButton>
      </AuthCard>
    );
  }
  const pending = await findDemoToSeed();
  const demoExists = pending === null && workspaces.some((w) => w.slug === 'demo');
  return (
    <AuthCard
      wide
      title={`Welcome, ${who.actor.name}`}
      sentence="A workspace keeps pipelines, data and people together. Choose how to begin; you can make more later."
    >
      <WelcomeChoice demoExists={demoExists} />
    </AuthCard>
  );
}
