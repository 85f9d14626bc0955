import { cookies } from 'next/headers';
import { LiveRefresh } from '@/components/live';
import { ChangesPanel } from '@/components/home/changes-panel';
import { DayPanel } from '@/components/home/day-panel';
import { FailedPanel } from '@/components/home/failed-panel';
import { FirstSteps } from '@/components/home/first-steps';
import { FIRST_STEPS_COOKIE } from '@/components/home/first-steps-cookie';
import { homeSentence, pastDay } from '@/components/home/sentence';
import { WaitingPanel } from '@/components/home/waiting-panel';
import { Today } from '@/components/home/today';
import { NewPipeline } from '@/components/pipelines/new-pipeline';
import { PipelineTable } from '@/components/pipelines/pipeline-table';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { cx } from '@/components/ui/class-names';
import { pageContext } from '@/lib/http/page-context';
import { may } from '@/lib/tenancy';
import { readHome } from './home-facts';

const HOURS = [6, 24, 168];

/** HomePage answers what needs me: what failed, what changed, the last hours, my pipelines, and the first steps of a newcomer. */
export default async function HomePage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string }>;
  searchParams: Promise<{ hours?: string }>;
}) {
  const ctx = await pageContext((await params).workspace);
  const asked = Number((await searchParams).hours);
  const hours = HOURS.includes(asked) ? asked : 24;
  const facts = await readHome(ctx, hours);
  const home = `/w/${ctx.workspace.slug}`;
  const stepsHidden = (await cookies()).get(FIRST_STEPS_COOKIE)?.value === 'hidden';
  const showSteps = !stepsHidden && may(ctx.role, 'pipeline:write') && facts.steps.some((s) => !s.done);
  return (
    <>
      <LiveRefresh topics={['run', 'pipeline', 'dataset', 'rollout']} />
      <PageHead
        title={homeSentence(facts.counts)}
        sentence={
          <>
            <Today />. {pastDay(facts.windowStates, hours, facts.windowIsCut)}
          </>
        }
        actions={
          may(ctx.role, 'pipeline:write') && (
            <>
              <ButtonLink href={`${home}/templates`}>From a template</ButtonLink>
              <NewPipeline />
            </>
          )
        }
      />
      <PageBody>
        <div
          className={cx(
            'grid items-start gap-3 lg:grid-cols-2',
            showSteps && 'xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_264px]',
          )}
        >
          <div className="flex min-w-0 flex-col gap-3">
            {facts.waiting.length > 0 && <WaitingPanel waiting={facts.waiting} allHref={`${home}/approvals`} />}
            <FailedPanel
              troubles={facts.troubles}
              allHref={`${home}/runs?state=failed`}
              ran={facts.pipelines.some((pipeline) => pipeline.lastRuns.some((run) => run.finishedAt !== null))}
            />
          </div>
          <ChangesPanel changes={facts.changes} allHref={`${home}/audit`} />
          {showSteps && <FirstSteps steps={facts.steps} />}
        </div>
        <DayPanel runs={facts.lanes} hours={hours} hidden={facts.hiddenLanes} />
        <Panel>
          <PanelHead title={facts.mineOnly ? 'My pipelines' : 'Pipelines'}>
            <ButtonLink size="sm" href={`${home}/pipelines`}>
              All pipelines
            </ButtonLink>
          </PanelHead>
          {facts.pipelines.length > 0 ? (
            <PipelineTable pipelines={facts.pipelines} />
          ) : (
            <EmptyState
              title="No pipelines yet"
              actions={<ButtonLink href={`${home}/templates`}>Look at the templates</ButtonLink>}
            >
              Start from a template that works at once, or draw your own on an empty canvas.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
