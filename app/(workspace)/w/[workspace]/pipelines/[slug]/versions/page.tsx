import { History } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ChangeList, listChanges } from '@/components/canvas';
import { LiveRefresh } from '@/components/live';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { Time } from '@/components/time';
import { ButtonLink } from '@/components/ui/button';
import { Tag } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { diffVersions, listVersions, specAt } from '@/lib/pipeline/server';
import { may } from '@/lib/tenancy';
import { pipelineView } from '../view';
import { VersionActions } from './version-actions';

type Props = {
  params: Promise<{ workspace: string; slug: string }>;
  searchParams: Promise<{ from?: string; to?: string; before?: string }>;
};
type At = number | 'draft';

export const metadata: Metadata = { title: 'Versions' };

/** VersionsPage lists a pipeline's versions and says what differs between any two, or between one and the draft. */
export default async function VersionsPage({ params, searchParams }: Props) {
  const { workspace, slug } = await params;
  const search = await searchParams;
  const { ctx, pipeline, head } = await pipelineView(workspace, slug);
  const cursor = Number(search.before);
  const versions = await listVersions(ctx, slug, Number.isInteger(cursor) && cursor > 0 ? { cursor } : {});
  const newest = pipeline.currentVersion;
  const home = `/w/${workspace}/pipelines/${slug}`;
  if (newest === null) {
    return (
      <>
        <PipelineHead pipeline={head} current="versions" sentence="What changed, when, by whom and why" />
        <PageBody>
          <EmptyState icon={<History size={20} />} title="No version yet" actions={<ButtonLink href={`${home}/edit`} look="primary">Open the editor</ButtonLink>}>
            Publishing the draft makes version 1. From then on each change of behaviour is kept here with its author and message.
          </EmptyState>
        </PageBody>
      </>
    );
  }
  const to = pick(search.to, newest) ?? 'draft';
  const from = pick(search.from, newest) ?? (to === 'draft' ? newest : Math.max(1, to - 1));
  const shown = to === 'draft' ? from : to;
  const [diff, spec] = await Promise.all([diffVersions(ctx, slug, from, to), specAt(ctx, slug, shown)]);
  const address = (change: { from?: At; to?: At }) => `${home}/versions?from=${change.from ?? from}&to=${change.to ?? to}`;

  return (
    <>
      <LiveRefresh topics={['pipeline']} />
      <PipelineHead pipeline={head} current="versions" sentence="What changed, when, by whom and why" />
      <PageBody>
        <div className="grid gap-4 lg:grid-cols-[minmax(280px,360px)_minmax(0,1fr)]">
          <Panel>
            <PanelHead title="History" />
            <ol>
              <Row address={address} at="draft" from={from} to={to} title="Draft" line={<>saved <Time at={pipeline.draft.savedAt} />{pipeline.draft.savedBy ? ` by ${pipeline.draft.savedBy}` : ''}</>} />
              {versions.items.map((version) => (
                <Row
                  key={version.version}
                  address={address}
                  at={version.version}
                  from={from}
                  to={to}
                  title={`Version ${version.version}`}
                  current={version.version === newest}
                  message={version.message}
                  line={<><Time at={version.createdAt} /> by {version.author} · <span className="mono">{version.hash.slice(0, 8)}</span></>}
                />
              ))}
            </ol>
            {versions.nextCursor !== null && (
              <p className="border-t border-line px-4 py-2">
                <Link className="text-accent-text hover:underline" href={`${home}/versions?before=${versions.nextCursor}`}>Older versions</Link>
              </p>
            )}
          </Panel>
          <Panel>
            <PanelHead title={`From ${label(from)} to ${label(to)}`}>
              {typeof shown === 'number' && (
                <VersionActions
                  workspace={workspace}
                  slug={slug}
                  version={shown}
                  spec={spec}
                  baseRevision={pipeline.draft.revision}
                  mayWrite={may(ctx.role, 'pipeline:write')}
                />
              )}
            </PanelHead>
            <div className="p-4">
              <ChangeList key={`${from}-${to}`} changes={listChanges(diff)} />
            </div>
          </Panel>
        </div>
      </PageBody>
    </>
  );
}

function Row({ address, at, from, to, title, line, message, current }: {
  address: (change: { from?: At; to?: At }) => string;
  at: At;
  from: At;
  to: At;
  title: string;
  line: React.ReactNode;
  message?: string;
  current?: boolean;
}) {
  const look = 'inline-flex h-6 items-center rounded-dense border px-2 text-12 font-medium coarse:h-9';
  const side = (on: boolean) => `${look} ${on ? 'border-accent-border bg-accent-soft text-accent-text' : 'border-line-2 text-ink-2 hover:bg-hover'}`;
  return (
    <li className="flex items-start gap-3 border-b border-line px-4 py-2 last:border-0">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 font-medium">
          {title} {current === true && <Tag>runs use this</Tag>}
        </p>
        {message !== undefined && message !== '' && <p className="text-ink-2">{message}</p>}
        <p className="text-12 text-ink-3">{line}</p>
      </div>
      <span className="flex gap-1">
        <Link href={address({ from: at })} aria-label={`Compare from ${label(at)}`} aria-current={from === at || undefined} className={side(from === at)}>from</Link>
        <Link href={address({ to: at })} aria-label={`Compare to ${label(at)}`} aria-current={to === at || undefined} className={side(to === at)}>to</Link>
      </span>
    </li>
  );
}

const label = (at: At): string => (at === 'draft' ? 'the draft' : `version ${at}`);

/** pick reads a side of the comparison from the address; null when it names nothing that exists. */
function pick(text: string | undefined, newest: number): At | null {
  if (text === 'draft') return 'draft';
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= newest ? number : null;
}
