import type { Metadata } from 'next';
import Link from 'next/link';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { AliasTag } from '@/components/models/alias-tag';
import { DeleteEndpoint } from '@/components/models/delete-endpoint';
import { EndpointChip } from '@/components/models/endpoint-chip';
import { LedgerTable } from '@/components/models/ledger-table';
import { PredictionTable } from '@/components/models/prediction-table';
import { Snippets } from '@/components/models/snippets';
import { TrafficBar } from '@/components/models/traffic-bar';
import { TryIt } from '@/components/models/try-it';
import { VariantFigures } from '@/components/models/variant-figures';
import { WindowChoice } from '@/components/models/window-choice';
import { WINDOWS } from '@/components/models/words';
import { StartRollout } from '@/components/rollout/start-rollout';
import { SetCrumbs } from '@/components/shell/crumbs';
import { formatCount, plural } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { CountPill, Tag } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { findVersion } from '@/lib/registry/server';
import { endpointInferences, endpointStats, gatewayAddress, getEndpoint, readLedger } from '@/lib/serving/server';
import { notFoundAs404 } from '../../not-found-as-404';
import { openableEndpoints } from '../../rollouts/openable-endpoints';

type Props = { params: Promise<{ workspace: string; slug: string }>; searchParams: Promise<{ window?: string; cursor?: string }> };

/** generateMetadata puts the endpoint's slug into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug };
}

/** EndpointPage answers whether an endpoint is healthy and who answers: traffic, figures by variant, a form that asks it, its history. */
export default async function EndpointPage({ params, searchParams }: Props) {
  const { workspace, slug } = await params;
  const { window, cursor } = await searchParams;
  const ctx = await pageContext(workspace);
  const endpoint = await notFoundAs404(getEndpoint(ctx, slug));
  const span = WINDOWS.find((each) => each.value === window) ?? WINDOWS[0];
  const to = new Date(ctx.now.getTime() + 1_000);
  const stable = endpoint.variants.find(({ name }) => name === 'stable');
  const [stats, predictions, ledger, base, version, openable] = await Promise.all([
    endpointStats(ctx, slug, { from: new Date(to.getTime() - span.ms).toISOString(), to: to.toISOString() }),
    endpointInferences(ctx, { endpoint: slug, limit: 20, ...(cursor === undefined ? {} : { cursor }) }),
    readLedger(ctx, slug, { limit: 50 }),
    gatewayAddress(),
    stable ? findVersion(ctx.workspaceId, stable.uuid) : null,
    openableEndpoints(ctx, slug),
  ]);
  const total = stats.variants.reduce((sum, each) => sum + each.rows, 0);
  const errors = stats.variants.reduce((sum, each) => sum + each.errors, 0);
  const troubled = endpoint.variants.filter((variant) => variant.problem !== null && variant.problem !== endpoint.problem);
  const next = endpoint.variants.find(({ name }) => name === 'next');
  const home = `/w/${ctx.workspace.slug}`;
  return (
    <>
      <LiveRefresh topics={['endpoint', 'rollout']} />
      <SetCrumbs items={[{ label: 'Endpoints', path: '/endpoints' }, { label: slug }]} />
      <PageHead
        title={<span className="font-mono font-medium">{slug}</span>}
        badges={
          <>
            <EndpointChip state={endpoint.state} />
            {endpoint.alias !== null && <AliasTag alias={endpoint.alias} />}
          </>
        }
        sentence={
          <>
            {stable === undefined ? 'No version answers.' : <>v{stable.version} of </>}
            {stable !== undefined && (
              <Link href={`${home}/models/${endpoint.model}`} className="rounded-tile underline decoration-line-strong underline-offset-2 hover:text-ink">
                {endpoint.model}
              </Link>
            )}
            {stable !== undefined && ` answers. ${plural(total, 'prediction')} in the window${total > 0 ? `, ${formatCount(errors)} failed` : ''}.`}
          </>
        }
        actions={
          <>
            <DeleteEndpoint endpoint={slug} />
            <StartRollout endpoints={openable} />
          </>
        }
      />
      <PageBody>
        {endpoint.problem !== null && <Banner tone={endpoint.state === 'failed' ? 'error' : 'warn'} title={endpoint.state === 'failed' ? 'It does not answer' : 'It is being started'}>{endpoint.problem}</Banner>}
        {troubled.map((variant) => (
          <Banner key={variant.id} tone="warn" title={`${variant.name} v${variant.version}`}>
            {variant.problem}
          </Banner>
        ))}
        {next && <Banner title={`v${next.version} is being started`}>The alias {endpoint.alias} was asked to point at it; traffic moves when {plural(next.replicas, 'replica is', 'replicas are')} ready ({next.ready} now).</Banner>}
        {base === null && <Banner tone="warn" title="No gateway runs">Endpoints answer through the gateway. It is started with the product, or alone by penstock gateway.</Banner>}
        <Panel>
          <PanelHead title="Traffic">
            <WindowChoice />
          </PanelHead>
          <div className="px-4 py-3">
            <TrafficBar variants={endpoint.variants.filter(({ name }) => name !== 'next')} />
          </div>
          <VariantFigures variants={endpoint.variants} stats={stats.variants} />
          {stats.dropped > 0 && <p className="border-t border-line px-4 py-2 text-12 text-warn">{plural(stats.dropped, 'prediction was', 'predictions were')} answered and not logged, since the log could not keep up.</p>}
        </Panel>
        <div className="grid gap-3 lg:grid-cols-2">
          <Panel>
            <PanelHead title="Try it" remark="A real prediction, logged like any other." />
            {version?.signature ? <TryIt endpoint={slug} signature={version.signature} /> : <EmptyState title="Nothing to fill in">The model&apos;s signature is not known.</EmptyState>}
          </Panel>
          <Panel>
            <PanelHead title="Call it from a program" remark={base ?? undefined} />
            {version?.signature ? <Snippets base={base ?? 'http://127.0.0.1:3001'} workspace={ctx.workspace.slug} endpoint={slug} signature={version.signature} /> : <EmptyState title="Not known yet" />}
            <p className="border-t border-line px-4 py-2 text-12 text-ink-2">
              Any token of this workspace will do; make one in{' '}
              <Link href={`${home}/settings/tokens`} className="rounded-tile underline decoration-line-strong underline-offset-2">
                Settings, Tokens
              </Link>
              . The address speaks the Open Inference Protocol, MLflow and TF Serving.
            </p>
          </Panel>
        </div>
        <Panel>
          <PanelHead title="Newest predictions">{endpoint.model !== '' && <Link href={`${home}/monitoring/${slug}`} className="rounded-tile text-12 font-medium text-accent-text hover:underline">Monitoring</Link>}</PanelHead>
          {predictions.items.length > 0 ? (
            <>
              <PredictionTable predictions={predictions.items} order={version?.signature?.features.map(({ name }) => name) ?? []} />
              <MoreLink nextCursor={predictions.nextCursor} />
            </>
          ) : (
            <EmptyState title="No predictions yet">Send one with the form above.</EmptyState>
          )}
        </Panel>
        <Panel>
          <PanelHead title="Ledger" remark="Who answered with which share, and who decided it." count={<CountPill>{ledger.items.length}</CountPill>} />
          <LedgerTable entries={ledger.items} />
        </Panel>
        {endpoint.maxReplicas > endpoint.minReplicas && <p className="text-12 text-ink-3"><Tag>replicas {endpoint.minReplicas} to {endpoint.maxReplicas}</Tag> This version runs the least number; it does not add replicas by load yet.</p>}
      </PageBody>
    </>
  );
}
