import { Zap } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EventFilters } from '@/components/events/event-filters';
import { EventTable } from '@/components/events/event-table';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listPipelines } from '@/lib/pipeline/server';
import { listEventsQuery } from '@/lib/scheduler';
import { listEvents } from '@/lib/scheduler/server';

export const metadata: Metadata = { title: 'Events' };

/** EventsPage answers what happened, what it started, and why it did not. */
export default async function EventsPage({ params, searchParams }: { params: Promise<{ workspace: string }>; searchParams: Promise<Record<string, string>> }) {
  const ctx = await pageContext((await params).workspace);
  const search = await searchParams;
  const query = listEventsQuery.safeParse(search);
  const { items, nextCursor } = await listEvents(ctx, query.success ? query.data : listEventsQuery.parse({}));
  const single = query.success && query.data.id !== undefined;
  const pipelines = (await listPipelines(ctx, { limit: 200 })).items.map(({ slug }) => slug);
  const filtered = Object.keys(search).length > 0;
  const home = `/w/${ctx.workspace.slug}`;
  return (
    <>
      <LiveRefresh topics={['event']} />
      <PageHead title="Events" sentence="What happened that a pipeline waits for: new data, files, calls, ends of runs. Each says what it started, or why not." />
      <PageBody>
        {single ? <p className="text-ink-2">Only the event that started one run. <Link href={`${home}/events`} className="underline">Show all events</Link></p> : <EventFilters pipelines={pipelines} />}
        <Panel>
          {items.length > 0 ? (
            <>
              <EventTable events={items} />
              <MoreLink nextCursor={nextCursor} />
            </>
          ) : single ? (
            <EmptyState icon={<Zap size={18} aria-hidden />} title="This event is not here" actions={<ButtonLink href={`${home}/events`}>Show all events</ButtonLink>}>
              Events are removed some time after they came; the runs that they started stay.
            </EmptyState>
          ) : filtered ? (
            <EmptyState icon={<Zap size={18} aria-hidden />} title="No event fits these filters" actions={<ButtonLink href={`${home}/events`}>Show all events</ButtonLink>}>
              Take a filter off.
            </EmptyState>
          ) : (
            <EmptyState icon={<Zap size={18} aria-hidden />} title="No events yet" actions={<ButtonLink href={`${home}/pipelines`}>Open a pipeline</ButtonLink>}>
              A pipeline can start when a dataset has a new version, a file is uploaded, its webhook is called, or another pipeline has run. Open its editor with nothing selected, add a trigger, and publish.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
