'use client';

import { useQuery } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import Link from 'next/link';
import type { DatasetSummary, DatasetView } from '@/lib/datasets';
import type { ListColumn } from '@/components/lists/list-column';
import { ListTable } from '@/components/lists/list-table';
import { Facts } from '@/components/lists/peek-sheet';
import { rowLink } from '@/components/lists/rows-table';
import { iso, useAll } from '@/components/lists/use-all';
import { useWorkspace } from '@/components/shell/workspace';
import { formatBytes, formatCount, plural, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { cx } from '@/components/ui/class-names';
import { SkeletonRows } from '@/components/ui/empty-state';
import { Table, Td, Th } from '@/components/ui/table';

const count = (n: number | null) => (n === null ? '–' : formatCount(n));
const writersOf = (d: DatasetSummary) => d.writers.map((w) => `${w.pipeline} / ${w.task}`).join(', ');

const columns = (href: (path: string) => string): ListColumn<DatasetSummary>[] => [
  {
    id: 'name',
    label: 'Name',
    fixed: true,
    td: 'max-md:order-1',
    cell: (d) => (
      <Link href={href(`/datasets/${d.name}`)} data-row-link className={cx(rowLink, 'mono text-14')}>
        {d.name}
      </Link>
    ),
    value: (d) => d.name,
  },
  {
    id: 'version',
    label: 'Version',
    td: 'max-md:order-2 max-md:justify-self-end',
    cell: (d) => (
      <span className="inline-flex items-center gap-1.5">
        {d.currentVersion === null ? <span className="text-ink-3">none good yet</span> : <Tag>v{d.currentVersion}</Tag>}
        {d.quarantined !== null && (
          <span className="inline-flex items-center gap-1 text-12 text-warn" title={d.quarantined.reason ?? undefined}>
            <ShieldAlert size={14} aria-hidden />v{d.quarantined.version} held back
          </span>
        )}
      </span>
    ),
    value: (d) => d.currentVersion,
  },
  { id: 'rows', label: 'Rows', numeric: true, td: 'max-md:hidden', cell: (d) => count(d.rowCount), value: (d) => d.rowCount },
  { id: 'columns', label: 'Columns', numeric: true, td: 'max-md:hidden', cell: (d) => count(d.columns), value: (d) => d.columns },
  {
    id: 'size',
    label: 'Size',
    numeric: true,
    td: 'max-md:hidden',
    cell: (d) => (d.bytes === null ? '–' : formatBytes(d.bytes)),
    value: (d) => d.bytes,
  },
  {
    id: 'updated',
    label: 'Updated',
    td: 'text-ink-2 max-md:order-4 max-md:justify-self-end max-md:text-12',
    cell: (d) => <Time at={d.updatedAt} show="ago" />,
    value: (d) => iso(d.updatedAt),
  },
  {
    id: 'writers',
    label: 'Written by',
    td: 'max-w-56 truncate text-ink-2 max-md:order-3 max-md:text-12',
    cell: (d) => (
      <>
        <span className="md:hidden">{d.rowCount === null ? '' : `${plural(d.rowCount, 'row')}, `}</span>
        {writersOf(d) || 'nothing writes it now'}
      </>
    ),
    value: writersOf,
  },
  { id: 'readers', label: 'Readers', numeric: true, td: 'max-md:hidden', cell: (d) => d.readers.length, value: (d) => d.readers.length },
];

/** DatasetList lists datasets: what is in them, how fresh, who writes and reads them, and what is held back. */
export function DatasetList({ datasets }: { datasets: readonly DatasetSummary[] }) {
  const { href } = useWorkspace();
  const all = useAll<DatasetSummary>('/datasets', (search) => ({ q: search.get('q') }));
  return (
    <ListTable
      list="datasets"
      what="dataset"
      rows={datasets}
      keyOf={(d) => d.name}
      columns={columns(href)}
      peek={{ title: (d) => d.name, href: (d) => href(`/datasets/${d.name}`), body: (d) => <DatasetPeek dataset={d} /> }}
      all={all}
    />
  );
}

function DatasetPeek({ dataset: d }: { dataset: DatasetSummary }) {
  const { slug, call } = useWorkspace();
  const { data } = useQuery({
    queryKey: [slug, 'dataset', d.name, 'peek'],
    queryFn: ({ signal }) => call<DatasetView>(`/datasets/${encodeURIComponent(d.name)}`, { signal }),
  });
  return (
    <>
      <Facts
        facts={[
          ['Version', d.currentVersion === null ? 'none good yet' : `v${d.currentVersion}`],
          ...(d.quarantined === null ? [] : [['Held back', `v${d.quarantined.version}: ${d.quarantined.reason ?? ''}`] as const]),
          ['Rows', count(d.rowCount)],
          ['Size', d.bytes === null ? '–' : formatBytes(d.bytes)],
          ['Updated', <Time key="at" at={d.updatedAt} />],
          ['Written by', writersOf(d) || 'nothing writes it now'],
          ['Read by', d.readers.map((r) => `${r.pipeline} / ${r.task}`).join(', ') || 'nothing reads it'],
        ]}
      />
      {data === undefined ? (
        <SkeletonRows rows={4} label="Reading the columns" />
      ) : (
        <Table label={`Columns of ${d.name}`} dense>
          <thead>
            <tr>
              <Th>Column</Th>
              <Th>Type</Th>
            </tr>
          </thead>
          <tbody>
            {data.schema.map((c) => (
              <tr key={c.name}>
                <Td>{c.name}</Td>
                <Td className="mono text-ink-2">{c.type.toLowerCase()}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}
