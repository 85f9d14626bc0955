import { CirclePlay } from 'lucide-react';
import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { MoreLink } from '@/components/lists/more-link';
import { RunFilters } from '@/components/runs/run-filters';
import { RunList } from '@/components/runs/run-list';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listRuns } from '@/lib/runs/server';
import { runQueryOf, type Search } from './query';

export const metadata: Metadata = { title: 'Runs' };

/** RunsPage lists the workspace's runs, newest first, by filters that live in the address. */
export default async function RunsPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string }>;
  searchParams: Promise<Search>;
}) {
  const ctx = await pageContext((await params).workspace);
  const search = await searchParams;
  const query = runQueryOf(search, ctx.now);
  const runs = await listRuns(ctx, query);
  const filtered = Object.keys(search).length > 0;
  return (
    <>
      <LiveRefresh topics={['run']} />
      <PageHead
        title="Runs"
        sentence="Every execution of a pipeline, newest first. Trial runs are shown when the trigger is a try."
      />
      <PageBody>
        <RunFilters />
        <Panel>
          {runs.items.length > 0 ? (
            <>
              <RunList runs={runs.items} />
              <MoreLink nextCursor={runs.nextCursor} />
            </>
          ) : filtered ? (
            <EmptyState
              icon={<CirclePlay size={18} aria-hidden />}
              title="No run fits these filters"
              actions={<ButtonLink href={`/w/${ctx.workspace.slug}/runs`}>Show all runs</ButtonLink>}
            >
              Take a filter off, or look further back in time.
            </EmptyState>
          ) : (
            <EmptyState
              icon={<CirclePlay size={18} aria-hidden />}
              title="Nothing has run yet"
              actions={
                <ButtonLink look="primary" href={`/w/${ctx.workspace.slug}/pipelines`}>
                  Go to the pipelines
                </ButtonLink>
              }
            >
              A run is one execution of a published pipeline. Open a pipeline and press Run now; its run then
              stands here with its log, its results and the ways on.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
