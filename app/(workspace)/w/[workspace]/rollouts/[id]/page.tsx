import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { DecisionPanel } from '@/components/rollout/decision-panel';
import { EvidenceDownload } from '@/components/rollout/evidence-download';
import { EvidencePanel } from '@/components/rollout/evidence-panel';
import { Ledger } from '@/components/rollout/ledger';
import { OverTime } from '@/components/rollout/over-time';
import { RolloutChip } from '@/components/rollout/rollout-chip';
import { SampleRatioPanel } from '@/components/rollout/sample-ratio-panel';
import { Stations } from '@/components/rollout/stations';
import { ROLLOUT_LOOK } from '@/components/rollout/words';
import { SetCrumbs } from '@/components/shell/crumbs';
import { Time } from '@/components/time';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { getRollout, rolloutOverTime } from '@/lib/rollout/server';
import { notFoundAs404 } from '../../not-found-as-404';

type Props = { params: Promise<{ workspace: string; id: string }> };

/** generateMetadata puts state and versions into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace, id } = await params;
  const { endpoint, candidate, state } = await notFoundAs404(getRollout(await pageContext(workspace), id));
  return { title: `${endpoint ?? 'Rollout'} v${candidate.version}: ${ROLLOUT_LOOK[state].label.toLowerCase()}` };
}

/** RolloutPage answers whether the rollout should go on: the train on its line, the evidence, the decision, the ledger. */
export default async function RolloutPage({ params }: Props) {
  const { workspace, id } = await params;
  const ctx = await pageContext(workspace);
  const rollout = await notFoundAs404(getRollout(ctx, id));
  const overTime = await rolloutOverTime(ctx, id);
  const { candidate, baseline } = rollout;
  const name = rollout.endpoint ?? 'deleted endpoint';
  const { deny = [], allow = [], rules = [] } = rollout.audience;
  return (
    <>
      <LiveRefresh topics={['rollout', 'endpoint']} />
      <SetCrumbs items={[{ label: 'Rollouts', path: '/rollouts' }, { label: name }, { label: `v${baseline.version} to v${candidate.version}` }]} />
      <PageHead
        title={`${name}: v${candidate.version} replaces v${baseline.version}`}
        badges={<RolloutChip state={rollout.state} />}
        sentence={
          <span className="flex flex-wrap gap-x-4 text-12">
            <span>author {rollout.createdBy}</span>
            <span>unit: {rollout.unit}, sticky</span>
            <span>
              started <Time at={rollout.createdAt} />
            </span>
            {deny.length + allow.length > 0 && <span>{allow.length} always, {deny.length} never</span>}
            {rules.length > 0 && <span className="mono">{rules.map((rule) => rule.if).join(' or ')}</span>}
          </span>
        }
        actions={<EvidenceDownload id={id} />}
      />
      <PageBody>
        <Panel>
          <Stations rollout={rollout} />
        </Panel>
        <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_304px]">
          <div className="flex min-w-0 flex-col gap-3 max-lg:order-2">
            <EvidencePanel evidence={rollout.evidence} />
            <OverTime bins={overTime.bins} seconds={overTime.seconds} candidate={candidate.version} stable={baseline.version} until={rollout.finishedAt ?? ctx.now} />
            <Ledger decisions={rollout.decisions} />
          </div>
          <div className="flex flex-col gap-3 max-lg:order-1">
            <DecisionPanel rollout={rollout} />
            {rollout.evidence && <SampleRatioPanel evidence={rollout.evidence} />}
          </div>
        </div>
      </PageBody>
    </>
  );
}
