import { Upload as UploadIcon } from 'lucide-react';
import type { Metadata } from 'next';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { AliasTag } from '@/components/models/alias-tag';
import { NewEndpoint } from '@/components/models/new-endpoint';
import { UploadVersion } from '@/components/models/upload-version';
import { VersionTable } from '@/components/models/version-table';
import { SetCrumbs } from '@/components/shell/crumbs';
import { plural, Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { CountPill } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import { pageContext } from '@/lib/http/page-context';
import { getModel, listVersions } from '@/lib/registry/server';
import { listEndpoints } from '@/lib/serving/server';
import { notFoundAs404 } from '../../not-found-as-404';

type Props = { params: Promise<{ workspace: string; name: string }>; searchParams: Promise<{ cursor?: string; upload?: string }> };

/** generateMetadata puts the model's name into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

/** ModelPage shows a model's versions: which is live, which the aliases mean, and why. */
export default async function ModelPage({ params, searchParams }: Props) {
  const { workspace, name } = await params;
  const { cursor, upload } = await searchParams;
  const ctx = await pageContext(workspace);
  const model = await notFoundAs404(getModel(ctx, name));
  const [page, endpoints] = await Promise.all([listVersions(ctx, name, { limit: 50, cursor }), listEndpoints(ctx, { limit: 200, model: name })]);
  const live: Record<number, string[]> = {};
  for (const { slug, variants } of endpoints.items) for (const { version, weight } of variants) if (weight > 0) (live[version] ??= []).push(slug);
  const servable = page.items.filter((version) => version.status === 'ready' && version.flavor !== null).map(({ version }) => version);
  const moving = model.aliases.filter((alias) => alias.requested !== null);
  const words = Object.entries(live).map(([version, slugs]) => `v${version} answers at ${slugs.join(', ')}`);
  return (
    <>
      <LiveRefresh topics={['model', 'endpoint']} />
      <SetCrumbs items={[{ label: 'Registry', path: '/models' }, { label: name }]} />
      <PageHead
        title={<span className="font-mono font-medium">{name}</span>}
        badges={model.aliases.map((alias) => (
          <AliasTag key={alias.alias} alias={alias.alias} to={alias.version} title={alias.reason} />
        ))}
        sentence={`${model.description === '' ? '' : `${model.description} `}${words.length > 0 ? `${words.join('; ')}.` : model.versions > 0 ? 'No endpoint serves it.' : 'It has no version yet.'}`}
        actions={
          <>
            {servable.length > 0 && <NewEndpoint models={[{ model: name, versions: servable, aliases: model.aliases.filter((alias) => servable.includes(alias.version)) }]} primary={false} />}
            <UploadVersion model={name} open={upload !== undefined} />
          </>
        }
      />
      <PageBody>
        {moving.map((alias) => (
          <Banner key={alias.alias} title={`@${alias.alias} moves from v${alias.version} to v${alias.requested?.version ?? ''}`}>
            Endpoints that follow it start the new version; traffic moves when its replicas are ready. {alias.requested?.by}: {alias.requested?.reason}
          </Banner>
        ))}
        <Panel>
          <PanelHead title="Versions" count={<CountPill>{model.versions}</CountPill>} />
          {page.items.length > 0 ? (
            <>
              <VersionTable versions={page.items} live={live} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : (
            <EmptyState icon={<UploadIcon size={18} aria-hidden />} title="No version yet">
              Upload an ONNX file, or send it: <span className="mono">curl -F file=@model.onnx …/models/{name}/versions</span>
            </EmptyState>
          )}
        </Panel>
        {model.aliases.length > 0 && (
          <Panel>
            <PanelHead title="Aliases" remark="Each points at exactly one version." />
            <Table label="Aliases" className="stack">
              <thead>
                <tr>
                  <Th>Alias</Th>
                  <Th>Version</Th>
                  <Th>Reason</Th>
                  <Th>By</Th>
                  <Th>Since</Th>
                </tr>
              </thead>
              <tbody>
                {model.aliases.map((alias) => (
                  <tr key={alias.alias}>
                    <Td className="mono font-medium max-md:order-1">{alias.alias}</Td>
                    <Td className="max-md:order-2 max-md:justify-self-end">v{alias.version}</Td>
                    <Td className="text-ink-2 max-md:order-3 max-md:col-span-2">{alias.reason}</Td>
                    <Td className="text-ink-2 max-md:order-4 max-md:text-12">{alias.updatedBy}</Td>
                    <Td className="text-ink-2 max-md:order-5 max-md:justify-self-end max-md:text-12">
                      <Time at={alias.updatedAt} show="ago" />
                    </Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Panel>
        )}
        <p className="text-12 text-ink-3">
          {plural(endpoints.items.length, 'endpoint serves', 'endpoints serve')} it. Registered <Time at={model.createdAt} show="ago" />
          {model.createdBy !== null && ` by ${model.createdBy}`}.
        </p>
      </PageBody>
    </>
  );
}
