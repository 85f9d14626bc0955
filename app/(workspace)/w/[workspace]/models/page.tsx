import { Boxes } from 'lucide-react';
import type { Metadata } from 'next';
import { MoreLink } from '@/components/lists/more-link';
import { SearchField } from '@/components/lists/search-field';
import { LiveRefresh } from '@/components/live';
import { ModelTable } from '@/components/models/model-table';
import { NewModel } from '@/components/models/new-model';
import { plural } from '@/components/time/format';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listModels } from '@/lib/registry/server';
import { listEndpoints } from '@/lib/serving/server';

export const metadata: Metadata = { title: 'Registry' };

/** RegistryPage lists the models: which version is live, and what the aliases mean. */
export default async function RegistryPage({ params, searchParams }: { params: Promise<{ workspace: string }>; searchParams: Promise<{ q?: string; cursor?: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const { q, cursor } = await searchParams;
  const [page, endpoints] = await Promise.all([listModels(ctx, { limit: 100, q, cursor }), listEndpoints(ctx, { limit: 200 })]);
  const models = page.items.map((model) => ({
    ...model,
    live: endpoints.items.filter((endpoint) => endpoint.model === model.name).flatMap(({ slug, variants }) => variants.filter(({ weight }) => weight > 0).map(({ version }) => ({ endpoint: slug, version }))),
  }));
  const served = models.filter((model) => model.live.length > 0).length;
  const nothing = models.length === 0 && q === undefined && cursor === undefined;
  return (
    <>
      <LiveRefresh topics={['model', 'endpoint']} />
      <PageHead
        title="Registry"
        sentence={models.length > 0 ? `${plural(models.length, 'model')}, ${served} served now.` : 'Models, their versions, and which of them is live.'}
        actions={<NewModel />}
      />
      <PageBody>
        {!nothing && (
          <div role="search">
            <SearchField label="Search models" className="flex w-full sm:w-64" />
          </div>
        )}
        <Panel>
          {models.length > 0 ? (
            <>
              <ModelTable models={models} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : nothing ? (
            <EmptyState icon={<Boxes size={18} aria-hidden />} title="No models yet" actions={<NewModel />}>
              A model is a name with versions. Upload an ONNX file, or an MLflow folder that has one: it is loaded once to see what it takes and gives, then an endpoint can serve it.
            </EmptyState>
          ) : (
            <EmptyState icon={<Boxes size={18} aria-hidden />} title={`No model is called “${q ?? ''}”`}>
              Search for a part of the name.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
