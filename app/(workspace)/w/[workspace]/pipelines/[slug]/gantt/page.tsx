import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { GanttPanel } from '@/components/pipelines/grid/gantt-panel';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { PageBody } from '@/components/ui/page-head';
import { gridQuery } from '@/lib/runs';
import { runGrid } from '@/lib/runs/server';
import { NotRunYet } from '../not-run-yet';
import { pipelineView } from '../view';

export const metadata: Metadata = { title: 'Gantt' };

/** GanttPage answers where the time of a run went. */
export default async function GanttPage({ params }: { params: Promise<{ workspace: string; slug: string }> }) {
  const { workspace, slug } = await params;
  const { ctx, head } = await pipelineView(workspace, slug);
  const grid = await runGrid(ctx, slug, gridQuery.parse({ runs: 50 }));
  return (
    <>
      <LiveRefresh topics={['run']} />
      <PipelineHead pipeline={head} current="gantt" />
      <PageBody>
        {grid.runs.length === 0 ? (
          <NotRunYet what="A run is drawn here in time: what waited, what worked, and the chain of tasks that decided how long it took." />
        ) : (
          <GanttPanel grid={grid} />
        )}
      </PageBody>
    </>
  );
}
