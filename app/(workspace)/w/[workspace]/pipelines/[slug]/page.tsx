import { CirclePlay } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { TriggerPanel } from '@/components/events/trigger-panel';
import { LiveRefresh } from '@/components/live';
import { DurationChart } from '@/components/pipelines/duration-chart';
import { healthOf } from '@/components/pipelines/health';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { RunTable } from '@/components/runs/run-table';
import { StateIcon } from '@/components/state';
import { plural, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { listRunsQuery } from '@/lib/runs';
import { listRuns } from '@/lib/runs/server';
import { listEventTriggers } from '@/lib/scheduler/server';
import { nextDueBySlug } from '../next-due';
import { pipelineView } from './view';

type Props = { params: Promise<{ workspace: string; slug: string }> };

/** generateMetadata puts the pipeline's name into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace, slug } = await params;
  return { title: (await pipelineView(workspace, slug)).pipeline.name };
}

/** PipelinePage answers how a pipeline behaves over time. */
export default async function PipelinePage({ params }: Props) {
  const { workspace, slug } = await params;
  const { ctx, pipeline, version, head } = await pipelineView(workspace, slug);
  const runs = (await listRuns(ctx, listRunsQuery.parse({ pipeline: slug, limit: 50 }))).items;
  const nextDue = (await nextDueBySlug(ctx, [slug])).get(slug);
  const triggers = (await listEventTriggers(ctx, slug)).items;
  const health = healthOf(runs, pipeline.currentVersion !== null);
  const tasks = version?.spec.tasks ?? pipeline.draft.spec.tasks ?? [];
  const root = `/w/${ctx.workspace.slug}/pipelines/${slug}`;
  const ended = runs.filter((r) => r.finishedAt !== null && r.startedAt !== null);
  return (
    <>
      <LiveRefresh topics={['run', 'pipeline', 'event']} />
      <PipelineHead
        pipeline={head}
        current="overview"
        sentence={
          <span className="flex items-baseline gap-2">
            <StateIcon state={health.state} label={null} className="translate-y-0.5" />
            <span>
              {health.text}. {plural(tasks.length, 'task')}
              {pipeline.owner !== null && `, owned by ${pipeline.owner.name || pipeline.owner.email}`}.
            </span>
          </span>
        }
      />
      <PageBody>
        {ended.length > 1 && (
          <Panel>
            <DurationChart pipeline={slug} runs={ended} />
          </Panel>
        )}
        {triggers.length > 0 && <TriggerPanel pipeline={slug} triggers={triggers} />}
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_304px]">
          <Panel>
            <PanelHead title="Recent runs">
              <Link href={`${root}/runs`} className="rounded-tile text-12 text-ink-2 hover:text-ink">
                All
              </Link>
            </PanelHead>
            {runs.length > 0 ? (
              <RunTable runs={runs.slice(0, 10)} />
            ) : (
              <EmptyState icon={<CirclePlay size={18} aria-hidden />} title="Not run yet">
                {pipeline.currentVersion === null
                  ? 'Open the editor, try a node, then publish. Only a published version can run.'
                  : 'Press Run now. The run stands here with its log and its results.'}
              </EmptyState>
            )}
          </Panel>
          <Panel>
            <PanelHead title="About" />
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 p-4 [&_dt]:text-12 [&_dt]:leading-5 [&_dt]:text-ink-3">
              <dt>Address</dt>
              <dd className="mono truncate leading-5">{pipeline.slug}</dd>
              <dt>Version</dt>
              <dd>
                {version === null ? (
                  'nothing published'
                ) : (
                  <>
                    <Link href={`${root}/versions`} className="hover:underline">
                      v{version.version}
                    </Link>
                    , <Time at={version.createdAt} />
                    {version.message !== '' && (
                      <span className="block text-12 text-ink-2">{version.message}</span>
                    )}
                  </>
                )}
              </dd>
              <dt>Next run</dt>
              <dd>
                {nextDue === undefined ? (
                  triggers.some(({ enabled }) => enabled) ? 'by an event' : 'by hand'
                ) : (
                  <>
                    <Time at={nextDue} /> <span className="text-ink-3">by its schedule</span>
                  </>
                )}
              </dd>
              <dt>Params</dt>
              <dd>{head.params?.map((p) => p.name).join(', ') || 'none'}</dd>
              <dt>Writes</dt>
              <dd className="flex flex-wrap gap-1">
                <Writes writes={tasks.map((t) => t.writes)} home={`/w/${ctx.workspace.slug}`} />
              </dd>
              <dt>Tags</dt>
              <dd className="flex flex-wrap gap-1">
                {pipeline.tags.length === 0 ? 'none' : pipeline.tags.map((t) => <Tag key={t}>{t}</Tag>)}
              </dd>
            </dl>
          </Panel>
        </div>
      </PageBody>
    </>
  );
}

function Writes({ writes, home }: { writes: readonly unknown[]; home: string }) {
  const names = writes.flatMap((w) =>
    typeof w === 'string'
      ? [w]
      : typeof w === 'object' && w !== null && 'dataset' in w && typeof w.dataset === 'string'
        ? [w.dataset]
        : [],
  );
  if (names.length === 0) return 'no dataset';
  return [...new Set(names)].map((name) => (
    <Link key={name} href={`${home}/datasets/${name}`} className="mono inline-block py-1 hover:underline">
      {name}
    </Link>
  ));
}
