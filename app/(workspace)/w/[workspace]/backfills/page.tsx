import { CalendarRange } from 'lucide-react';
import type { Metadata } from 'next';
import { BackfillTable } from '@/components/backfills/backfill-table';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { plural } from '@/components/time/format';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listBackfillsQuery } from '@/lib/scheduler';
import { listBackfills } from '@/lib/scheduler/server';

export const metadata: Metadata = { title: 'Backfills' };

/** BackfillsPage lists what was run again over ranges of intervals, and how far each is. */
export default async function BackfillsPage({ params, searchParams }: { params: Promise<{ workspace: string }>; searchParams: Promise<{ cursor?: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const query = listBackfillsQuery.safeParse({ cursor: (await searchParams).cursor });
  const { items, nextCursor } = await listBackfills(ctx, query.success ? query.data : { limit: 50 });
  const open = items.filter((backfill) => backfill.finishedAt === null).length;
  return (
    <>
      <LiveRefresh topics={['backfill', 'run']} />
      <PageHead
        title="Backfills"
        sentence={items.length === 0 ? 'Ranges of intervals that were run on request stand here.' : `${open === 0 ? 'None' : plural(open, 'backfill')} under way.`}
      />
      <PageBody>
        <Panel>
          {items.length > 0 ? (
            <>
              <BackfillTable backfills={items} />
              <MoreLink nextCursor={nextCursor} />
            </>
          ) : (
            <EmptyState icon={<CalendarRange size={18} aria-hidden />} title="No backfills yet" actions={<ButtonLink href={`/w/${ctx.workspace.slug}/pipelines`}>Choose a pipeline</ButtonLink>}>
              A backfill runs a pipeline for days in the past: once for every interval of its schedule. Open a pipeline&apos;s tab Backfill and drag over the days.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
