import type { Metadata } from 'next';
import { NotForYou } from '@/components/settings/not-for-you';
import { TokensPanel } from '@/components/settings/tokens';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';
import { listTokens } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'API tokens' };

/** TokensPage shows the workspace's API tokens to its admins. */
export default async function TokensPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  if (!may(ctx.role, 'token:read')) return <NotForYou role={ctx.role} permission="token:read" />;
  const tokens = (await listTokens(ctx)).map((t) => ({
    ...t,
    expired: t.expiresAt !== null && t.expiresAt <= ctx.now,
  }));
  return <TokensPanel workspace={ctx.workspace.slug} tokens={plain(tokens)} />;
}
