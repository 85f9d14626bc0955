import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { HeldChart } from '@/components/operate/held-chart';
import { LanesPanel } from '@/components/operate/lanes-panel';
import { PoolsPanel } from '@/components/operate/pools-panel';
import { queueSentence } from '@/components/operate/queue-words';
import { OperateTabs } from '@/components/operate/tabs';
import { WaitingPanel } from '@/components/operate/waiting-panel';
import { WeightsPanel } from '@/components/operate/weights-panel';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { getQueue } from '@/lib/dispatch/server';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';

export const metadata: Metadata = { title: 'Queue' };

/** QueuePage answers: who gets how much of the machine, and what waits? */
export default async function QueuePage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const queue = plain(await getQueue(ctx));
  return (
    <>
      <LiveRefresh topics={['run', 'cluster']} />
      <PageHead title="Queue" sentence={queueSentence(queue)} />
      <OperateTabs root={`/w/${ctx.workspace.slug}`} current="queue" />
      <PageBody>
        <HeldChart queue={queue} />
        <LanesPanel queue={queue} />
        <WaitingPanel runs={queue.waitingRuns} />
        <PoolsPanel workspace={ctx.workspace.slug} pools={queue.pools} mayWrite={may(ctx.role, 'pool:write')} />
        <WeightsPanel workspaces={queue.workspaces} mayWrite={ctx.isOwner || may(ctx.role, 'workspace:write')} />
      </PageBody>
    </>
  );
}
