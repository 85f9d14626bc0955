import type { Metadata } from 'next';
import { SecretsPanel } from '@/components/settings/secrets';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';
import { listSecrets } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Secrets' };

/** SecretsPage shows the workspace's secrets. */
export default async function SecretsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const secrets = plain(await listSecrets(ctx));
  return (
    <SecretsPanel workspace={ctx.workspace.slug} secrets={secrets} mayWrite={may(ctx.role, 'secret:write')} />
  );
}
