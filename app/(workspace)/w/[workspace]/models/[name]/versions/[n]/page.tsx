import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '@/components/live';
import { AliasForm } from '@/components/models/alias-form';
import { AliasTag } from '@/components/models/alias-tag';
import { FileTable } from '@/components/models/file-table';
import { NewEndpoint } from '@/components/models/new-endpoint';
import { SignatureTable } from '@/components/models/signature-table';
import { TagForm } from '@/components/models/tag-form';
import { valueText, versionLook } from '@/components/models/words';
import { SetCrumbs } from '@/components/shell/crumbs';
import { StateChip } from '@/components/state';
import { formatBytes, plural, Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { CountPill, Tag } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import { pageContext } from '@/lib/http/page-context';
import { getModel, getVersion } from '@/lib/registry/server';
import { listEndpoints } from '@/lib/serving/server';
import { notFoundAs404 } from '../../../../not-found-as-404';

type Props = { params: Promise<{ workspace: string; name: string; n: string }> };

/** generateMetadata puts name and number into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, n } = await params;
  return { title: `${name} v${n}` };
}

/** VersionPage shows one version: whether it can be served, what it takes and gives, its files, and what was said of it. */
export default async function VersionPage({ params }: Props) {
  const { workspace, name, n } = await params;
  const ctx = await pageContext(workspace);
  const version = await notFoundAs404(getVersion(ctx, name, Number(n)));
  const [model, endpoints] = await Promise.all([getModel(ctx, name), listEndpoints(ctx, { limit: 200, model: name })]);
  const served = endpoints.items.filter(({ variants }) => variants.some((variant) => variant.uuid === version.uuid && variant.weight > 0));
  const home = `/w/${ctx.workspace.slug}`;
  const look = versionLook(version);
  const canServe = version.status === 'ready' && version.flavor !== null;
  const followed = Object.fromEntries(model.aliases.map(({ alias }) => [alias, endpoints.items.filter((endpoint) => endpoint.alias === alias).map(({ slug }) => slug)]));
  const others = Object.entries(version.flavors).filter(([, flavor]) => !flavor.served);
  return (
    <>
      <LiveRefresh topics={['model', 'endpoint']} />
      <SetCrumbs items={[{ label: 'Registry', path: '/models' }, { label: name, path: `/models/${name}` }, { label: `v${version.version}` }]} />
      <PageHead
        title={
          <span className="font-mono font-medium">
            {name} v{version.version}
          </span>
        }
        badges={
          <>
            <StateChip state={look.state}>{look.label}</StateChip>
            {version.aliases.map((alias) => (
              <AliasTag key={alias} alias={alias} />
            ))}
          </>
        }
        sentence={
          <>
            {plural(version.files.length, 'file')}, {formatBytes(version.bytes)}, registered <Time at={version.createdAt} show="ago" />
            {version.createdBy !== null && <> by {version.createdBy}</>}.{' '}
            {served.length === 0
              ? 'No endpoint serves it.'
              : served.map(({ slug }, i) => (
                  <span key={slug}>
                    {i === 0 ? 'It answers at ' : ', '}
                    <Link href={`${home}/endpoints/${slug}`} className="rounded-tile underline decoration-line-strong underline-offset-2 hover:text-ink">
                      {slug}
                    </Link>
                    {i === served.length - 1 && '.'}
                  </span>
                ))}
          </>
        }
        actions={canServe && <NewEndpoint models={[{ model: name, versions: [version.version], aliases: [] }]} version={version.version} />}
      />
      <PageBody>
        {version.problems.map((problem) => (
          <Banner key={problem} tone={version.status === 'failed' ? 'error' : 'warn'} title={problem} />
        ))}
        <div className="grid gap-3 lg:grid-cols-[1fr_320px]">
          <div className="flex min-w-0 flex-col gap-3">
            <Panel>
              <PanelHead title="Signature" remark="What it takes and gives." />
              {version.signature === null ? (
                <EmptyState title="Not known">{version.status === 'failed' ? 'The file could not be loaded.' : 'Only ONNX files tell what they take and give.'}</EmptyState>
              ) : (
                <SignatureTable signature={version.signature} />
              )}
            </Panel>
            <Panel>
              <PanelHead title="Files" count={<CountPill>{version.files.length}</CountPill>} />
              <FileTable files={version.files} />
            </Panel>
            {others.length > 0 && (
              <Panel>
                <PanelHead title="Flavors that are not served here" />
                <Table label="Flavors that are not served here">
                  <thead>
                    <tr>
                      <Th>Flavor</Th>
                      <Th>Why, and what to do</Th>
                    </tr>
                  </thead>
                  <tbody>
                    {others.map(([flavor, { reason }]) => (
                      <tr key={flavor}>
                        <Td className="mono">{flavor}</Td>
                        <Td className="whitespace-normal text-ink-2">{reason}</Td>
                      </tr>
                    ))}
                  </tbody>
                </Table>
              </Panel>
            )}
          </div>
          <div className="flex min-w-0 flex-col gap-3">
            <Panel>
              <PanelHead title="Aliases">
                <AliasForm model={name} version={version.version} followed={followed} />
              </PanelHead>
              <Facts items={model.aliases.filter(({ alias }) => version.aliases.includes(alias)).map(({ alias, reason, updatedBy }) => [`@${alias}`, `${reason}${updatedBy === null ? '' : ` (${updatedBy})`}`])} none="No alias points here." prose />
            </Panel>
            <Panel>
              <PanelHead title="Tags">
                <TagForm model={name} version={version.version} />
              </PanelHead>
              {Object.keys(version.tags).length === 0 ? (
                <p className="px-4 py-3 text-ink-3">None.</p>
              ) : (
                <div className="flex flex-wrap gap-1.5 px-4 py-3">
                  {Object.entries(version.tags).map(([key, value]) => (
                    <Tag key={key}>{value === '' ? key : `${key}: ${value}`}</Tag>
                  ))}
                </div>
              )}
            </Panel>
            <Panel>
              <PanelHead title="Metrics" />
              <Facts items={Object.entries(version.metrics).map(([metric, value]) => [metric, valueText(value)])} none="None were given with it." />
            </Panel>
            <Panel>
              <PanelHead title="Where it comes from" />
              <Facts
                items={[
                  ...(version.training === null ? [] : [['Training data', 'file' in version.training ? version.training.file : `${version.training.dataset}${version.training.version === undefined ? '' : ` v${version.training.version}`}`] as [string, string]]),
                  ['UUID', version.uuid],
                  ['sha256', version.sha256],
                ]}
                none=""
              />
              {version.sourceRunId !== null && (
                <p className="px-4 pb-3 text-12">
                  <Link href={`${home}/runs/${version.sourceRunId}`} className="rounded-tile underline decoration-line-strong underline-offset-2">
                    The run that made it
                  </Link>
                </p>
              )}
            </Panel>
          </div>
        </div>
      </PageBody>
    </>
  );
}

function Facts({ items, none, prose = false }: { items: [string, string][]; none: string; prose?: boolean }) {
  if (items.length === 0) return <p className="px-4 py-3 text-ink-3">{none}</p>;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 px-4 py-3">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{name}</dt>
          <dd className={prose ? '' : 'mono text-12 leading-5 break-all'}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
