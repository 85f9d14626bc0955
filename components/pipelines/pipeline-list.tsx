'use client';

import { CirclePlay, Pause, Tag as TagIcon } from 'lucide-react';
import { RunStrip } from '@/components/charts/run-strip';
import type { BulkAct } from '@/components/lists/list-column';
import { ListTable } from '@/components/lists/list-table';
import { Facts } from '@/components/lists/peek-sheet';
import { useAll } from '@/components/lists/use-all';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { formatDuration, plural, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { healthOf, usualMs } from './health';
import { pipelineColumns, type PipelineRow } from './pipeline-columns';

/** PipelineList is the page's list of pipelines, with acts on several, columns, views, peek and export. */
export function PipelineList({ pipelines }: { pipelines: readonly PipelineRow[] }) {
  const { href, call, can } = useWorkspace();
  const all = useAll<PipelineRow>('/pipelines', (search) => ({
    ...Object.fromEntries(['q', 'tag', 'owner'].map((name) => [name, search.get(name)])),
    archived: search.get('show') === 'archived' ? 'true' : 'false',
  }));
  const change = (p: PipelineRow, body: object) => call(`/pipelines/${p.slug}`, { method: 'PATCH', body });
  const acts: BulkAct<PipelineRow>[] = [
    {
      id: 'pause',
      label: 'Pause',
      icon: <Pause size={14} aria-hidden />,
      fits: (p) => !p.paused && !p.archived,
      title: (n) => `Pause ${plural(n, 'pipeline')}?`,
      body: 'Their triggers make no runs while they are paused; by hand they still run.',
      run: (p) => change(p, { paused: true }),
      done: (n) => `Paused ${plural(n, 'pipeline')}`,
    },
    {
      id: 'resume',
      label: 'Resume',
      icon: <CirclePlay size={14} aria-hidden />,
      fits: (p) => p.paused && !p.archived,
      title: (n) => `Resume ${plural(n, 'pipeline')}?`,
      body: 'Their triggers make runs again.',
      run: (p) => change(p, { paused: false }),
      done: (n) => `Resumed ${plural(n, 'pipeline')}`,
    },
    {
      id: 'tag',
      label: 'Add tag',
      icon: <TagIcon size={14} aria-hidden />,
      fits: () => true,
      title: (n) => `Tag ${plural(n, 'pipeline')}`,
      body: 'The tag is added to those that they have.',
      ask: 'Tag',
      run: (p, tag) => (p.tags.includes(tag) ? Promise.resolve() : change(p, { tags: [...p.tags, tag] })),
      done: (n) => `Tagged ${plural(n, 'pipeline')}`,
    },
  ];
  return (
    <ListTable
      list="pipelines"
      what="pipeline"
      rows={pipelines}
      keyOf={(p) => p.slug}
      columns={pipelineColumns(href)}
      acts={can('pipeline:write') ? acts : []}
      peek={{ title: (p) => p.name, href: (p) => href(`/pipelines/${p.slug}`), body: (p) => <PipelinePeek pipeline={p} /> }}
      all={all}
    />
  );
}

function PipelinePeek({ pipeline: p }: { pipeline: PipelineRow }) {
  const { href } = useWorkspace();
  const health = healthOf(p.lastRuns, p.currentVersion !== null);
  const usual = usualMs(p.lastRuns);
  return (
    <>
      <p className="flex items-center gap-2 font-semibold">
        <StateIcon state={health.state} label={null} />
        {health.text}
      </p>
      <RunStrip runs={p.lastRuns} runHref={(id) => href(`/runs/${id}`)} height={40} />
      <Facts
        facts={[
          ['Last run', <Time key="last" at={p.lastRuns[0]?.startedAt} />],
          ['Usually takes', usual === null ? '–' : formatDuration(usual)],
          ['Version', p.currentVersion === null ? 'nothing published' : `v${p.currentVersion}`],
          ['Owner', p.owner === null ? '–' : p.owner.name || p.owner.email],
          ['State', p.archived ? 'archived' : p.paused ? 'paused' : 'on'],
          [
            'Tags',
            <span key="tags" className="flex flex-wrap gap-1">
              {p.tags.length === 0 ? 'none' : p.tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}
            </span>,
          ],
        ]}
      />
    </>
  );
}
