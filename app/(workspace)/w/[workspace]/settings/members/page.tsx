import type { Metadata } from 'next';
import { MembersPanel } from '@/components/settings/members';
import { Banner } from '@/components/ui/banner';
import { mailConfigured } from '@/lib/http/mail';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';
import { listInvites, listMembers } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Members' };

/** MembersPage shows who is in the workspace. */
export default async function MembersPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const mayWrite = may(ctx.role, 'member:write');
  const [members, invites] = await Promise.all([listMembers(ctx), mayWrite ? listInvites(ctx) : []]);
  const withState = invites.map((i) => ({ ...i, expired: i.expiresAt <= ctx.now }));
  return (
    <>
      {mayWrite && !mailConfigured() && (
        <Banner title="No outgoing mail is set up">
          Invitations are not mailed: send the link yourself. The operator can set PENSTOCK_SMTP_URL; what
          waits is sent then.
        </Banner>
      )}
      <MembersPanel
        workspace={ctx.workspace.slug}
        members={plain(members)}
        invites={plain(withState)}
        mayWrite={mayWrite}
      />
    </>
  );
}
