import { Radio } from 'lucide-react';
import type { Metadata } from 'next';
import { MoreLink } from '@/components/lists/more-link';
import { SearchField } from '@/components/lists/search-field';
import { LiveRefresh } from '@/components/live';
import { EndpointTable } from '@/components/models/endpoint-table';
import { NewEndpoint } from '@/components/models/new-endpoint';
import { plural } from '@/components/time/format';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listEndpoints } from '@/lib/serving/server';
import { servableModels } from './servable-models';

export const metadata: Metadata = { title: 'Endpoints' };

/** EndpointsPage lists the addresses where models answer: are they healthy, and who answers. */
export default async function EndpointsPage({ params, searchParams }: { params: Promise<{ workspace: string }>; searchParams: Promise<{ q?: string; cursor?: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const { q, cursor } = await searchParams;
  const [page, models] = await Promise.all([listEndpoints(ctx, { limit: 100, q, cursor }), servableModels(ctx)]);
  const failed = page.items.filter(({ state }) => state === 'failed').length;
  const ready = page.items.filter(({ state }) => state === 'ready').length;
  const nothing = page.items.length === 0 && q === undefined && cursor === undefined;
  return (
    <>
      <LiveRefresh topics={['endpoint', 'model']} />
      <PageHead
        title="Endpoints"
        sentence={nothing ? 'Stable addresses that answer with a version of a model.' : failed > 0 ? `${plural(failed, 'endpoint does', 'endpoints do')} not answer.` : `${ready} of ${plural(page.items.length, 'endpoint')} ready.`}
        actions={<NewEndpoint models={models} />}
      />
      <PageBody>
        {!nothing && (
          <div role="search">
            <SearchField label="Search endpoints" className="flex w-full sm:w-64" />
          </div>
        )}
        <Panel>
          {page.items.length > 0 ? (
            <>
              <EndpointTable endpoints={page.items} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : (
            <EmptyState icon={<Radio size={18} aria-hidden />} title={nothing ? 'No endpoints yet' : `No endpoint is called “${q ?? ''}”`}>
              {nothing
                ? 'An endpoint serves a version of a registered model under an address that stays the same. Later versions take over step by step, by a rollout, without callers noticing.'
                : 'Search for a part of the slug.'}
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
