import { CalendarClock } from 'lucide-react';
import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { ScheduleTable } from '@/components/schedules/schedule-table';
import { plural } from '@/components/time/format';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listSchedules } from '@/lib/scheduler/server';

export const metadata: Metadata = { title: 'Schedules' };

/** SchedulesPage answers what runs by itself, and when next. */
export default async function SchedulesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const { items } = await listSchedules(ctx);
  const on = items.filter((schedule) => schedule.next !== null).length;
  return (
    <>
      <LiveRefresh topics={['schedule', 'pipeline', 'run']} />
      <PageHead
        title="Schedules"
        sentence={items.length === 0 ? 'What runs by itself stands here.' : `${plural(items.length, 'schedule')}, ${on === items.length ? 'all on' : `${on} on`}.`}
      />
      <PageBody>
        <Panel>
          {items.length > 0 ? (
            <ScheduleTable schedules={items} />
          ) : (
            <EmptyState icon={<CalendarClock size={18} aria-hidden />} title="No schedules yet" actions={<ButtonLink href={`/w/${ctx.workspace.slug}/pipelines`}>Open a pipeline</ButtonLink>}>
              A schedule runs a pipeline at set times. Open a pipeline&apos;s editor with nothing selected, add a schedule under Triggers, and publish.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
