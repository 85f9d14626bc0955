import { CalendarRange } from 'lucide-react';
import type { Metadata } from 'next';
import { BackfillNew } from '@/components/backfills/backfill-new';
import { dayKey, isDay, ordered } from '@/components/backfills/calendar-days';
import { LiveRefresh } from '@/components/live';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { latestInterval, timetable } from '@/lib/scheduler';
import { listRunsQuery } from '@/lib/runs';
import { listRuns } from '@/lib/runs/server';
import { excludedBy, listBackfills, RUNS_AT_ONCE } from '@/lib/scheduler/server';
import { pipelineView } from '../view';

export const metadata: Metadata = { title: 'Backfill' };

/** BackfillPage answers which intervals of a pipeline have a run, and runs those that should. */
export default async function BackfillPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string; slug: string }>;
  searchParams: Promise<{ from?: string; to?: string }>;
}) {
  const { workspace, slug } = await params;
  const { ctx, head, version } = await pipelineView(workspace, slug);
  const { from = '', to = '' } = await searchParams;
  const spec = version?.spec;
  const schedule = spec?.triggers.find((trigger) => trigger.kind === 'schedule');
  const backfills = await listBackfills(ctx, { pipeline: slug, limit: 50 });
  const zone = schedule?.zone ?? 'UTC';
  const table = schedule && timetable(schedule, (await excludedBy(ctx.workspaceId, { triggers: [schedule] }))(schedule));
  const newest = table && latestInterval(table, ctx.now);
  // Data may be older than the clock: the calendar opens where the newest run is.
  const seen = (await listRuns(ctx, listRunsQuery.parse({ pipeline: slug, trigger: 'schedule,backfill', limit: 1 }))).items[0]?.interval;
  const hours = newest ? (newest.end.getTime() - newest.start.getTime()) / 3_600_000 : 0;
  return (
    <>
      <LiveRefresh topics={['backfill', 'pipeline']} />
      <PipelineHead pipeline={head} current="backfill" />
      <PageBody>
        {table && spec && newest ? (
          <BackfillNew
            slug={slug}
            zone={zone}
            daily={hours > 22 && hours < 26}
            first={table.start === null ? null : dayKey(table.start, zone).slice(0, 7)}
            latest={dayKey(seen?.start ?? newest.start, zone).slice(0, 7)}
            tasks={spec.tasks.map((task) => ({ id: task.id, name: task.name ?? task.id }))}
            newest={version.version}
            atOnce={spec.settings.maxActiveRuns ?? RUNS_AT_ONCE}
            initial={isDay(from) && isDay(to) ? ordered(from, to) : null}
            open={backfills.items.filter((backfill) => backfill.finishedAt === null)}
          />
        ) : (
          <Panel>
            <EmptyState
              icon={<CalendarRange size={18} aria-hidden />}
              title={schedule ? 'No interval has ended yet' : 'No schedule gives this pipeline intervals'}
              actions={<ButtonLink href={`/w/${ctx.workspace.slug}/pipelines/${slug}/edit`}>Open the editor</ButtonLink>}
            >
              {schedule
                ? 'A run covers an interval when it has ended. Come back after the schedule has fired once.'
                : 'A backfill runs a pipeline once for each interval of its schedule. Add a schedule under Triggers and publish; switched off is enough.'}
            </EmptyState>
          </Panel>
        )}
      </PageBody>
    </>
  );
}
