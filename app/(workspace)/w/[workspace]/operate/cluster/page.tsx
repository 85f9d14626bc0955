import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { clusterSentence } from '@/components/operate/cluster-words';
import { GatewaysPanel } from '@/components/operate/gateways-panel';
import { OperateTabs } from '@/components/operate/tabs';
import { PartitionsPanel } from '@/components/operate/partitions-panel';
import { WorkersPanel } from '@/components/operate/workers-panel';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { getCluster } from '@/lib/dispatch/server';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';

export const metadata: Metadata = { title: 'Cluster' };

/** ClusterPage answers: is the machine healthy, and who does what? */
export default async function ClusterPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const cluster = plain(await getCluster(ctx));
  return (
    <>
      <LiveRefresh topics={['cluster', 'run']} />
      <PageHead title="Cluster" sentence={clusterSentence(cluster)} />
      <OperateTabs root={`/w/${ctx.workspace.slug}`} current="cluster" />
      <PageBody>
        <WorkersPanel workers={cluster.workers} leaseSeconds={cluster.leaseSeconds} />
        <PartitionsPanel partitions={cluster.partitions} leader={cluster.leader} />
        <GatewaysPanel gateways={cluster.gateways} />
      </PageBody>
    </>
  );
}
