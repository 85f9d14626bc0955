import { ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { CheckList } from '@/components/datasets/check-list';
import { ColumnList } from '@/components/datasets/column-list';
import { PreviewPanel } from '@/components/datasets/preview-panel';
import { PREVIEW_ROWS } from '@/components/datasets/preview-size';
import { QuarantineBanner } from '@/components/datasets/quarantine-banner';
import { UsesPanel } from '@/components/datasets/uses-panel';
import { VersionTable } from '@/components/datasets/version-table';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { formatBytes, plural, Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Tag } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { TabLinks } from '@/components/ui/tabs';
import { AppError } from '@/lib/core/errors';
import type { DatasetVersionView, DatasetView, Preview, TableProfile } from '@/lib/datasets';
import {
  getDataset,
  getVersion,
  listCheckResults,
  listVersions,
  previewVersion,
  profileVersion,
} from '@/lib/datasets/server';
import { pageContext } from '@/lib/http/page-context';
import type { Context } from '@/lib/tenancy/server';
import { notFoundAs404 } from '../../not-found-as-404';

type Search = {
  tab?: string;
  version?: string;
  sort?: string;
  desc?: string;
  offset?: string;
  cursor?: string;
};
type Props = { params: Promise<{ workspace: string; name: string }>; searchParams: Promise<Search> };

/** generateMetadata puts the dataset's name into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

const TABS = ['preview', 'columns', 'versions', 'checks', 'uses'] as const;

/** DatasetPage answers what is in a dataset and whether it can be trusted. */
export default async function DatasetPage({ params, searchParams }: Props) {
  const { workspace, name } = await params;
  const search = await searchParams;
  const ctx = await pageContext(workspace);
  const dataset = await notFoundAs404(getDataset(ctx, name));
  const tab = TABS.find((t) => t === search.tab) ?? 'preview';
  const asked = search.version === undefined ? null : Number(search.version);
  const shown =
    asked !== null && Number.isInteger(asked)
      ? await notFoundAs404(getVersion(ctx, name, asked))
      : dataset.currentVersion === null
        ? dataset.newest
        : await getVersion(ctx, name, dataset.currentVersion);
  const home = `/w/${ctx.workspace.slug}`;
  const root = `${home}/datasets/${name}`;
  const at = (t: string) => `${root}?tab=${t}${asked === null ? '' : `&version=${asked}`}`;
  const held = dataset.quarantined;
  const heldRun = held === null ? null : (await getVersion(ctx, name, held.version)).runId;
  return (
    <>
      <LiveRefresh topics={['dataset']} />
      <PageHead
        title={<span className="font-mono font-medium">{dataset.name}</span>}
        badges={shown !== null && <Tag>v{shown.number}</Tag>}
        sentence={shown === null ? 'No version of it exists yet.' : <Sentence version={shown} home={home} />}
      />
      <PageBody className="pb-3">
        {held !== null && (
          <QuarantineBanner
            dataset={name}
            version={held.version}
            currentVersion={dataset.currentVersion}
            reason={held.reason}
            runId={heldRun}
          />
        )}
        {asked !== null && asked !== dataset.currentVersion && (
          <Banner
            title={`You look at version ${asked}, not at the current one`}
            actions={
              <Link href={root} className="rounded-tile font-medium text-accent-text hover:underline">
                Show the current version
              </Link>
            }
          />
        )}
      </PageBody>
      <TabLinks
        label={`Pages of ${name}`}
        current={tab}
        className="mb-4"
        tabs={[
          { value: 'preview', label: 'Preview', href: at('preview') },
          { value: 'columns', label: 'Columns', href: at('columns'), count: shown?.schema.length },
          {
            value: 'versions',
            label: 'Versions',
            href: at('versions'),
            count: Math.max(dataset.newest?.number ?? 0, held?.version ?? 0),
          },
          {
            value: 'checks',
            label: 'Checks',
            href: at('checks'),
            count: dataset.checks.length > 0 ? dataset.checks.length : undefined,
          },
          {
            value: 'uses',
            label: 'Readers and writers',
            href: at('uses'),
            count: dataset.readers.length + dataset.writers.length,
          },
        ]}
      />
      <PageBody>
        <Panel>
          <TabBody tab={tab} ctx={ctx} dataset={dataset} shown={shown} search={search} home={home} />
        </Panel>
      </PageBody>
    </>
  );
}

function Sentence({ version, home }: { version: DatasetVersionView; home: string }) {
  return (
    <>
      {plural(version.rowCount, 'row')}, {plural(version.schema.length, 'column')},{' '}
      {formatBytes(version.bytes)}. Made <Time at={version.createdAt} show="ago" />
      {version.runId !== null && (
        <>
          {' '}
          by{' '}
          <Link
            href={`${home}/runs/${version.runId}`}
            className="rounded-tile underline decoration-line-strong underline-offset-2 hover:text-ink"
          >
            {version.pipeline} / {version.taskId}
          </Link>
        </>
      )}
      .
    </>
  );
}

async function TabBody({
  tab,
  ctx,
  dataset,
  shown,
  search,
  home,
}: {
  tab: (typeof TABS)[number];
  ctx: Context;
  dataset: DatasetView;
  shown: DatasetVersionView | null;
  search: Search;
  home: string;
}) {
  switch (tab) {
    case 'uses':
      return <UsesPanel writers={dataset.writers} readers={dataset.readers} home={home} />;
    case 'versions': {
      const versions = await listVersions(ctx, dataset.name, { limit: 50, cursor: search.cursor });
      return (
        <>
          <VersionTable
            dataset={dataset.name}
            versions={versions.items}
            currentVersion={dataset.currentVersion}
          />
          <MoreLink nextCursor={versions.nextCursor} />
        </>
      );
    }
    case 'checks': {
      const results = await listCheckResults(ctx, dataset.name, 100);
      return results.length > 0 ? (
        <CheckList results={results} />
      ) : (
        <EmptyState icon={<ShieldCheck size={18} aria-hidden />} title="No check has looked at it yet">
          A check says what must hold: enough rows, no nulls in a column, unique keys, values in a range. Put
          it on the task that writes this dataset, on an edge, or as a check task after it; a failed one that
          blocks holds the version back.
        </EmptyState>
      );
    }
    case 'columns':
    case 'preview':
      return <Rows tab={tab} ctx={ctx} dataset={dataset} shown={shown} search={search} />;
  }
}

/** readRows reads statistics and a page of rows; what cannot be read is said in place and does not take the page down. */
async function readRows(
  ctx: Context,
  name: string,
  version: number,
  search: Search,
  withRows: boolean,
): Promise<{ profile: TableProfile | null; preview: Preview | null; problem: string | null }> {
  const offset = Math.max(0, Number(search.offset) || 0);
  const sort = search.sort === undefined ? null : { column: search.sort, descending: search.desc === 'true' };
  try {
    const [profile, preview] = await Promise.all([
      profileVersion(ctx, name, version),
      withRows ? previewVersion(ctx, name, version, { limit: PREVIEW_ROWS, offset, sort }) : null,
    ]);
    return { profile, preview, problem: null };
  } catch (error) {
    if (error instanceof AppError) return { profile: null, preview: null, problem: error.message };
    throw error;
  }
}

async function Rows({
  tab,
  ctx,
  dataset,
  shown,
  search,
}: {
  tab: 'columns' | 'preview';
  ctx: Context;
  dataset: DatasetView;
  shown: DatasetVersionView | null;
  search: Search;
}) {
  if (shown === null)
    return (
      <EmptyState title="Nothing in it yet">The first run that succeeds puts a version here.</EmptyState>
    );
  const { profile, preview, problem } = await readRows(
    ctx,
    dataset.name,
    shown.number,
    search,
    tab === 'preview',
  );
  if (problem !== null)
    return (
      <div className="p-4">
        <Banner tone="error" title="The rows cannot be read">
          {problem}
        </Banner>
      </div>
    );
  if (preview === null) return <ColumnList schema={shown.schema} profile={profile} />;
  return (
    <PreviewPanel preview={preview} profile={profile} label={`Rows of ${dataset.name} v${shown.number}`} />
  );
}
