import { Workflow } from 'lucide-react';
import type { Metadata } from 'next';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { NewPipeline } from '@/components/pipelines/new-pipeline';
import { PipelineFilters } from '@/components/pipelines/pipeline-filters';
import { PipelineList } from '@/components/pipelines/pipeline-list';
import { plural } from '@/components/time/format';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listPipelines } from '@/lib/pipeline/server';
import { nextDueBySlug } from './next-due';
import { pipelineRow, allPipelines } from './rows';

export const metadata: Metadata = { title: 'Pipelines' };

type Search = Record<string, string | undefined>;

/** PipelinesPage answers how the pipelines do: last runs, a sentence, and the switch of each. */
export default async function PipelinesPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string }>;
  searchParams: Promise<Search>;
}) {
  const ctx = await pageContext((await params).workspace);
  const { q, tag, owner, show, cursor } = await searchParams;
  const home = `/w/${ctx.workspace.slug}`;
  const [page, all] = await Promise.all([
    listPipelines(ctx, {
      q,
      tag,
      owner,
      cursor,
      archived: show === 'archived' ? 'true' : 'false',
      limit: 50,
    }),
    allPipelines(ctx),
  ]);
  const due = await nextDueBySlug(ctx, page.items.map((p) => p.slug));
  const rows = page.items.map((p) => ({ ...pipelineRow(p), nextDue: due.get(p.slug) ?? null }));
  const failing = all.filter((p) => p.lastRuns.find((r) => r.finishedAt !== null)?.state === 'failed').length;
  const tags = [...new Set(all.flatMap((p) => p.tags))].sort();
  const owners = [
    ...new Map(all.flatMap(({ owner: o }) => (o === null ? [] : [[o.email, o.name || o.email] as const]))),
  ].map(([value, label]) => ({ value, label }));
  const filtered = [q, tag, owner, show].some((f) => f !== undefined);
  const nothing = rows.length === 0 && !filtered && cursor === undefined;
  return (
    <>
      <LiveRefresh topics={['run', 'pipeline', 'schedule']} />
      <PageHead
        title="Pipelines"
        sentence={
          all.length === 0
            ? 'What you draw here runs here.'
            : `${plural(all.length, 'pipeline')}, ${failing === 0 ? 'none failing' : `${failing} failing`}.`
        }
        actions={
          <>
            <ButtonLink href={`${home}/templates`}>From a template</ButtonLink>
            <NewPipeline />
          </>
        }
      />
      <PageBody>
        {!nothing && <PipelineFilters tags={tags} owners={owners} />}
        <Panel>
          {rows.length > 0 ? (
            <>
              <PipelineList pipelines={rows} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : nothing ? (
            <EmptyState
              icon={<Workflow size={18} aria-hidden />}
              title="No pipelines yet"
              actions={
                <ButtonLink href={`${home}/templates`} look="default">
                  Look at the templates
                </ButtonLink>
              }
            >
              A pipeline is a set of tasks with arrows between them: read a file, shape it with SQL or Python,
              check it, write a dataset. Start from a template that works at once, or from an empty canvas.
            </EmptyState>
          ) : (
            <EmptyState
              icon={<Workflow size={18} aria-hidden />}
              title="No pipeline fits these filters"
              actions={<ButtonLink href={`${home}/pipelines`}>Show all pipelines</ButtonLink>}
            >
              Take a filter off or search for another word.
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
