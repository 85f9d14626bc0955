import { Activity } from 'lucide-react';
import type { Metadata } from 'next';
import { type z } from 'zod';
import { DistributionChart } from '@/components/drift/distribution-chart';
import { DriftHeatMap } from '@/components/drift/heat-map';
import { PredictionChart } from '@/components/drift/prediction-chart';
import { PsiChart } from '@/components/drift/psi-chart';
import { ReferenceLine } from '@/components/drift/reference-line';
import { ReportControls } from '@/components/drift/report-controls';
import { VerdictMark } from '@/components/drift/verdict-mark';
import { LiveRefresh } from '@/components/live';
import { Banner } from '@/components/ui/banner';
import { Tag } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { AppError } from '@/lib/core/errors';
import { driftQuery, latestOf, type DriftReport } from '@/lib/drift';
import { driftReport, featureDistribution } from '@/lib/drift/server';
import { pageContext } from '@/lib/http/page-context';
import { notFoundAs404 } from '../../not-found-as-404';

type Search = Record<string, string | undefined>;
type Props = { params: Promise<{ workspace: string; slug: string }>; searchParams: Promise<Search> };

/** generateMetadata puts the endpoint's name into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Monitoring ${(await params).slug}` };
}

/** MonitoringEndpointPage answers whether what an endpoint is asked has moved away from what its model was trained on. */
export default async function MonitoringEndpointPage({ params, searchParams }: Props) {
  const { workspace, slug } = await params;
  const search = await searchParams;
  const ctx = await pageContext(workspace);
  const home = `/w/${ctx.workspace.slug}`;
  const { report, problem } = await readReport(search, (query) => notFoundAs404(driftReport(ctx, slug, query)));
  const chosen = chosenOf(report, search);
  const series = [...report.features, ...(report.prediction ? [report.prediction] : [])].find((each) => each.name === chosen?.feature);
  const distribution = chosen && report.reference.status === 'ready' ? await featureDistribution(ctx, slug, chosen.feature, { window: chosen.window, grain: report.grain, version: report.model.version }) : null;
  const worst = latestOf([...report.features, ...(report.prediction ? [report.prediction] : [])])[0];
  return (
    <>
      <LiveRefresh topics={['endpoint', 'drift']} />
      <PageHead
        title={slug}
        badges={
          <>
            <Tag>
              {report.model.name} v{report.model.version}
            </Tag>
            {worst && <VerdictMark verdict={worst.point.verdict} />}
          </>
        }
        sentence={report.finding}
        actions={<ReportControls report={report} />}
      />
      <PageBody>
        {problem !== null && <Banner tone="warn" title={problem} />}
        {report.reference.status === 'failed' && <Banner tone="error" title="There is no reference to compare with">{report.reference.problem}</Banner>}
        {chosen && series && distribution ? (
          <>
            <div className="grid gap-3 lg:grid-cols-2">
              <Panel>
                <PredictionChart report={report} />
              </Panel>
              <Panel>
                <PsiChart report={report} series={series} />
              </Panel>
            </div>
            <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
              <Panel>
                <DriftHeatMap report={report} chosen={chosen} />
              </Panel>
              <Panel>
                <DistributionChart distribution={distribution} />
              </Panel>
            </div>
            <ReferenceLine reference={report.reference} home={home} />
          </>
        ) : (
          <Panel>
            <Nothing report={report} />
          </Panel>
        )}
      </PageBody>
    </>
  );
}

/** The report that the address asks for; what cannot be read in it is said, and the report without it shown. */
async function readReport(search: Search, read: (query: z.infer<typeof driftQuery>) => Promise<DriftReport>): Promise<{ report: DriftReport; problem: string | null }> {
  const given = Object.fromEntries(['from', 'to', 'grain', 'version'].flatMap((name) => (search[name] === undefined ? [] : [[name, search[name]]])));
  const asked = driftQuery.safeParse(given);
  if (!asked.success) return { report: await read({}), problem: `The address asks for something unknown: ${asked.error.issues[0]?.path.join('.') ?? ''} ${asked.error.issues[0]?.message ?? ''}` };
  try {
    return { report: await read(asked.data), problem: null };
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return { report: await read({}), problem: error.message };
    throw error;
  }
}

/** The cell that is looked at: the address', else the worst one now; null where nothing was counted. */
function chosenOf(report: DriftReport, search: Search): { feature: string; window: string } | null {
  const all = report.prediction ? [...report.features, report.prediction] : report.features;
  const feature = all.find((each) => each.name === search.feature) ?? all.find((each) => each.name === latestOf(all)[0]?.feature) ?? all[0];
  const window = feature?.series.find((point) => point.window === search.window) ?? latestOf(feature ? [feature] : [])[0]?.point ?? feature?.series.findLast((point) => point.rows > 0);
  return feature && window ? { feature: feature.name, window: window.window } : null;
}

function Nothing({ report }: { report: DriftReport }) {
  const icon = <Activity size={18} aria-hidden />;
  if (report.reference.status === 'none') {
    return (
      <EmptyState icon={icon} title={`Version ${report.model.version} has no training data`}>
        Register the next version with <span className="mono">training</span>: the dataset, or the file, that it was trained on. Its features are then frozen as bins, and every prediction is counted into them.
      </EmptyState>
    );
  }
  if (report.reference.status === 'waiting') {
    return (
      <EmptyState icon={icon} title="The reference is being made">
        The features of the training data are put into bins once, for ever. It begins as soon as the dataset has a good version, and takes some seconds.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={icon} title="No predictions have been counted">
      Call the endpoint. Its predictions are counted by the hour of their <span className="mono">x-event-time</span>, some seconds after they were made. In the demo workspace{' '}
      <span className="mono">penstock demo traffic</span> replays the flights of later months.
    </EmptyState>
  );
}
