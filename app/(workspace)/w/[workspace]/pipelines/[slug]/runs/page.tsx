import { CirclePlay } from 'lucide-react';
import type { Metadata } from 'next';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { RunFilters } from '@/components/runs/run-filters';
import { RunList } from '@/components/runs/run-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { listRuns } from '@/lib/runs/server';
import { runQueryOf, type Search } from '../../../runs/query';
import { pipelineView } from '../view';

export const metadata: Metadata = { title: 'Runs' };

/** PipelineRunsPage lists the runs of one pipeline. */
export default async function PipelineRunsPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string; slug: string }>;
  searchParams: Promise<Search>;
}) {
  const { workspace, slug } = await params;
  const { ctx, head } = await pipelineView(workspace, slug);
  const runs = await listRuns(ctx, { ...runQueryOf(await searchParams, ctx.now), pipeline: slug });
  return (
    <>
      <LiveRefresh topics={['run']} />
      <PipelineHead pipeline={head} current="runs" />
      <PageBody>
        <RunFilters ofOnePipeline />
        <Panel>
          {runs.items.length > 0 ? (
            <>
              <RunList runs={runs.items} ofOne={slug} />
              <MoreLink nextCursor={runs.nextCursor} />
            </>
          ) : (
            <EmptyState icon={<CirclePlay size={18} aria-hidden />} title="No runs here">
              Press Run now, or take a filter off.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
