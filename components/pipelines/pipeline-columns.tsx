import Link from 'next/link';
import { RunStrip } from '@/components/charts/run-strip';
import type { ListColumn } from '@/components/lists/list-column';
import { StateIcon } from '@/components/state';
import { Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { healthOf, type PastRun } from './health';
import { PauseSwitch } from './pause-switch';

export type PipelineRow = {
  slug: string;
  name: string;
  tags: readonly string[];
  owner: { id: string; name: string; email: string } | null;
  paused: boolean;
  archived: boolean;
  currentVersion: number | null;
  lastRuns: readonly PastRun[];
  /** when its next scheduled run is due; null: none is */
  nextDue?: Date | null;
};

const ownerOf = (p: PipelineRow) => (p.owner === null ? null : p.owner.name || p.owner.email);

/** pipelineColumns are the columns of a list of pipelines. */
export const pipelineColumns = (href: (path: string) => string): ListColumn<PipelineRow>[] => [
  {
    id: 'name',
    label: 'Name',
    fixed: true,
    td: 'max-md:order-1',
    cell: (p) => (
      <Link
        href={href(`/pipelines/${p.slug}`)}
        data-row-link
        className="rounded-tile font-medium hover:underline coarse:inline-block coarse:py-1.5"
      >
        {p.name}
      </Link>
    ),
    value: (p) => p.name,
  },
  { id: 'owner', label: 'Owner', td: 'max-w-40 truncate text-ink-2 max-md:hidden', cell: (p) => ownerOf(p) ?? '–', value: ownerOf },
  {
    id: 'tags',
    label: 'Tags',
    td: 'max-md:hidden',
    cell: (p) => (
      <span className="flex gap-1">
        {p.tags.slice(0, 3).map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
        {p.tags.length > 3 && <span className="text-12 text-ink-3">+{p.tags.length - 3}</span>}
      </span>
    ),
    value: (p) => p.tags.join(' '),
  },
  {
    id: 'runs',
    label: 'Last 20 runs',
    td: 'max-md:order-4',
    cell: (p) => <RunStrip runs={p.lastRuns} runHref={(id) => href(`/runs/${id}`)} />,
    value: (p) => p.lastRuns[0]?.state ?? null,
  },
  {
    id: 'health',
    label: 'Health',
    th: 'w-[30%]',
    td: 'max-md:order-3',
    cell: (p) => {
      const health = healthOf(p.lastRuns, p.currentVersion !== null);
      return (
        <span className="flex min-w-0 items-center gap-2 text-ink max-md:text-12 max-md:text-ink-2">
          <StateIcon state={health.state} label={null} />
          <span className="truncate">{health.text}</span>
        </span>
      );
    },
    value: (p) => healthOf(p.lastRuns, p.currentVersion !== null).text,
  },
  { id: 'next', label: 'Next run', td: 'text-ink-2 max-md:hidden', cell: (p) => <Time at={p.nextDue} /> },
  {
    id: 'version',
    label: 'Version',
    extra: true,
    td: 'text-ink-2 max-md:hidden',
    cell: (p) => (p.currentVersion === null ? 'draft only' : `v${p.currentVersion}`),
    value: (p) => p.currentVersion,
  },
  { id: 'slug', label: 'Address', extra: true, td: 'mono text-ink-2 max-md:hidden', cell: (p) => p.slug, value: (p) => p.slug },
  {
    id: 'on',
    label: 'On',
    numeric: true,
    td: 'max-md:order-2 max-md:justify-self-end',
    cell: (p) => (
      <span className="inline-flex align-middle">
        {p.archived ? <Tag>archived</Tag> : <PauseSwitch slug={p.slug} paused={p.paused} />}
      </span>
    ),
    value: (p) => (p.archived ? 'archived' : p.paused ? 'paused' : 'on'),
  },
];
