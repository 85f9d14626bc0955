import { Activity } from 'lucide-react';
import type { Metadata } from 'next';
import { MonitoredTable } from '@/components/drift/monitored-table';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { plural } from '@/components/time/format';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { listMonitored } from '@/lib/drift/server';
import { pageContext } from '@/lib/http/page-context';

export const metadata: Metadata = { title: 'Monitoring' };

/** MonitoringPage lists endpoints with their worst drift now. */
export default async function MonitoringPage({ params, searchParams }: { params: Promise<{ workspace: string }>; searchParams: Promise<{ cursor?: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const { cursor } = await searchParams;
  const page = await listMonitored(ctx, { limit: 50, ...(cursor === undefined ? {} : { cursor }) });
  const drifted = page.items.filter((item) => item.worst?.verdict === 'drifted').length;
  return (
    <>
      <LiveRefresh topics={['endpoint', 'drift']} />
      <PageHead
        title="Monitoring"
        sentence={drifted > 0 ? `${plural(drifted, 'endpoint is', 'endpoints are')} asked other things than the model was trained on.` : 'Whether the world has moved since the models were trained.'}
      />
      <PageBody>
        <Panel>
          {page.items.length > 0 ? (
            <>
              <MonitoredTable items={page.items} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : (
            <EmptyState icon={<Activity size={18} aria-hidden />} title="Nothing to watch yet">
              Register a model version together with the data it was trained on (<span className="mono">training</span>), and serve it by an endpoint. From then on every prediction is counted into the bins of that
              data, and this page says which features moved, and since when.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
