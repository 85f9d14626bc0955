import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { GridPanel } from '@/components/pipelines/grid/grid-panel';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { PageBody } from '@/components/ui/page-head';
import { gridQuery } from '@/lib/runs';
import { runGrid } from '@/lib/runs/server';
import { NotRunYet } from '../not-run-yet';
import { pipelineView } from '../view';

export const metadata: Metadata = { title: 'Grid' };

/** GridPage answers what became of every task in the last runs. */
export default async function GridPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string; slug: string }>;
  searchParams: Promise<{ runs?: string; cursor?: string }>;
}) {
  const { workspace, slug } = await params;
  const { ctx, head } = await pipelineView(workspace, slug);
  const asked = gridQuery.safeParse(await searchParams);
  const grid = await runGrid(ctx, slug, asked.success ? asked.data : gridQuery.parse({}));
  return (
    <>
      <LiveRefresh topics={['run']} />
      <PipelineHead pipeline={head} current="grid" />
      <PageBody>
        {grid.runs.length === 0 ? (
          <NotRunYet what="Each run becomes a column here, each task a row." />
        ) : (
          <GridPanel pipeline={slug} grid={grid} />
        )}
      </PageBody>
    </>
  );
}
