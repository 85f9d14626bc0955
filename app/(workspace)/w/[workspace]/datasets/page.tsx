import { Database } from 'lucide-react';
import type { Metadata } from 'next';
import { DatasetList } from '@/components/datasets/dataset-list';
import { MoreLink } from '@/components/lists/more-link';
import { SearchField } from '@/components/lists/search-field';
import { LiveRefresh } from '@/components/live';
import { plural } from '@/components/time/format';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { listDatasets } from '@/lib/datasets/server';
import { pageContext } from '@/lib/http/page-context';

export const metadata: Metadata = { title: 'Datasets' };

/** DatasetsPage lists the workspace's datasets: what is in them and whether they can be trusted. */
export default async function DatasetsPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string }>;
  searchParams: Promise<{ q?: string; cursor?: string }>;
}) {
  const ctx = await pageContext((await params).workspace);
  const { q, cursor } = await searchParams;
  const page = await listDatasets(ctx, { limit: 100, q, cursor });
  const held = page.items.filter((d) => d.quarantined !== null).length;
  const nothing = page.items.length === 0 && q === undefined && cursor === undefined;
  return (
    <>
      <LiveRefresh topics={['dataset']} />
      <PageHead
        title="Datasets"
        sentence={
          held > 0
            ? `${plural(held, 'dataset has', 'datasets have')} a newer version held back by a check.`
            : 'Named, versioned data that pipelines write and read.'
        }
      />
      <PageBody>
        {!nothing && (
          <div role="search">
            <SearchField label="Search datasets" className="flex w-full sm:w-64" />
          </div>
        )}
        <Panel>
          {page.items.length > 0 ? (
            <>
              <DatasetList datasets={page.items} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : nothing ? (
            <EmptyState
              icon={<Database size={18} aria-hidden />}
              title="No datasets yet"
              actions={
                <ButtonLink href={`/w/${ctx.workspace.slug}/templates`}>Look at the templates</ButtonLink>
              }
            >
              A task with <span className="mono">writes: name</span> makes a dataset when its run succeeds:
              each run adds a version, and only versions that pass their checks are read by others. In the
              editor it is the field Output of a node.
            </EmptyState>
          ) : (
            <EmptyState icon={<Database size={18} aria-hidden />} title={`No dataset is called “${q ?? ''}”`}>
              Search for a part of the name.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
