import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { DurationsPanel } from '@/components/pipelines/grid/durations-panel';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { PageBody } from '@/components/ui/page-head';
import { gridQuery } from '@/lib/runs';
import { runGrid } from '@/lib/runs/server';
import { NotRunYet } from '../not-run-yet';
import { pipelineView } from '../view';

export const metadata: Metadata = { title: 'Durations' };

/** DurationsPage answers which task takes how long, and whether that is usual. */
export default async function DurationsPage({ params }: { params: Promise<{ workspace: string; slug: string }> }) {
  const { workspace, slug } = await params;
  const { ctx, head } = await pipelineView(workspace, slug);
  const grid = await runGrid(ctx, slug, gridQuery.parse({ runs: 50 }));
  return (
    <>
      <LiveRefresh topics={['run']} />
      <PipelineHead pipeline={head} current="durations" />
      <PageBody>
        {grid.runs.length === 0 ? (
          <NotRunYet what="How long each task takes stands here, run by run." />
        ) : (
          <DurationsPanel pipeline={slug} grid={grid} />
        )}
      </PageBody>
    </>
  );
}
