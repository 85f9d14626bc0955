import type { Metadata } from 'next';
import { BackfillActs } from '@/components/backfills/acts';
import { ExtendBackfill, type Asked } from '@/components/backfills/extend';
import { BackfillState } from '@/components/backfills/backfill-table';
import { ItemHeat, ItemTable } from '@/components/backfills/item-table';
import { progressWords } from '@/components/backfills/progress';
import { LiveRefresh } from '@/components/live';
import { SetCrumbs } from '@/components/shell/crumbs';
import { Time } from '@/components/time';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { getBackfill } from '@/lib/scheduler/server';
import { notFoundAs404 } from '../../../../not-found-as-404';
import { pipelineView } from '../../view';

export const metadata: Metadata = { title: 'Backfill' };

const MEANING = { none: 'left what existed', failed: 'failed runs again', completed: 'all runs again' } as const;

/** BackfillDetailPage answers how far one backfill is, and what became of each interval. */
export default async function BackfillDetailPage({ params }: { params: Promise<{ workspace: string; slug: string; id: string }> }) {
  const { workspace, slug, id } = await params;
  const { ctx, pipeline, version } = await pipelineView(workspace, slug);
  const backfill = await notFoundAs404(getBackfill(ctx, slug, id));
  const zone = version?.spec.triggers.find((trigger) => trigger.kind === 'schedule')?.zone ?? 'UTC';
  const { reprocess, taskIds, ...asked } = backfill.request as { reprocess?: keyof typeof MEANING; taskIds?: string[] } & Asked;
  const which: Asked = 'from' in asked ? { from: asked.from, to: asked.to } : { intervals: asked.intervals };
  return (
    <>
      <LiveRefresh topics={['backfill']} />
      <SetCrumbs items={[{ label: 'Backfills', path: '/backfills' }, { label: pipeline.name, path: `/pipelines/${slug}/backfill` }]} />
      <PageHead
        title={`Backfill of ${pipeline.name}`}
        badges={<BackfillState state={backfill.state} />}
        sentence={
          <>
            <Time at={backfill.first} show="day" /> to <Time at={backfill.last} show="day" />: {progressWords(backfill)}. Started <Time at={backfill.createdAt} />
            {backfill.createdBy !== null && ` by ${backfill.createdBy}`}, {MEANING[reprocess ?? 'none']}
            {taskIds !== undefined && `, tasks ${taskIds.join(', ')}`}.
          </>
        }
        actions={
          <>
            <ExtendBackfill pipeline={slug} id={id} asked={which} size={backfill.items.length} />
            <BackfillActs backfill={backfill} />
          </>
        }
      />
      <PageBody>
        <Panel>
          <PanelHead title="Intervals" remark="oldest first" />
          <ItemHeat items={backfill.items} zone={zone} />
        </Panel>
        <Panel>
          <PanelHead title="In the order of work" />
          <ItemTable items={backfill.items} zone={zone} />
        </Panel>
      </PageBody>
    </>
  );
}
