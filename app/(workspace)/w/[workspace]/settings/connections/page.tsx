import type { Metadata } from 'next';
import { ConnectionsPanel } from '@/components/settings/connections';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';
import { listConnections } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Connections' };

/** ConnectionsPage shows the workspace's connections. */
export default async function ConnectionsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const connections = plain(await listConnections(ctx));
  return (
    <ConnectionsPanel
      workspace={ctx.workspace.slug}
      connections={connections}
      mayWrite={may(ctx.role, 'connection:write')}
    />
  );
}
