import type { Metadata } from 'next';
import { ChannelsPanel } from '@/components/settings/channels';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';
import { listChannels } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Channels' };

/** ChannelsPage shows the workspace's channels. */
export default async function ChannelsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const channels = plain(await listChannels(ctx));
  return (
    <ChannelsPanel
      workspace={ctx.workspace.slug}
      channels={channels}
      mayWrite={may(ctx.role, 'channel:write')}
    />
  );
}
