import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthCard } from '@/components/access/auth-card';
import { SetupForm } from '@/components/access/setup-form';
import { ownerExists } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Set up' };

/** SetupPage is the very first visit: it makes the owner's account. */
export default async function SetupPage() {
  if (await ownerExists()) redirect('/');
  return (
    <AuthCard
      title="Create the owner account"
      sentence="The owner may do everything in every workspace and invites the others. The account stays on this machine."
    >
      <SetupForm />
    </AuthCard>
  );
}
