'use client';

import { ShieldAlert } from 'lucide-react';
import Link from 'next/link';
import type { DatasetSummary } from '@/lib/datasets';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { formatBytes, formatCount, plural, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';

const count = (n: number | null) => (n === null ? '–' : formatCount(n));

/** DatasetTable lists datasets: what is in them, how fresh, who writes and reads them, and what is held back. */
export function DatasetTable({ datasets }: { datasets: readonly DatasetSummary[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="dataset">
      <Table label="Datasets" className="stack">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Version</Th>
            <Th numeric>Rows</Th>
            <Th numeric>Columns</Th>
            <Th numeric>Size</Th>
            <Th>Updated</Th>
            <Th>Written by</Th>
            <Th numeric>Readers</Th>
          </tr>
        </thead>
        <tbody>
          {datasets.map((d) => (
            <tr key={d.name} data-link className="relative">
              <Td className="max-md:order-1">
                <Link
                  href={href(`/datasets/${d.name}`)}
                  data-row-link
                  className="mono text-14 font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                >
                  {d.name}
                </Link>
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">
                <span className="inline-flex items-center gap-1.5">
                  {d.currentVersion === null ? (
                    <span className="text-ink-3">none good yet</span>
                  ) : (
                    <Tag>v{d.currentVersion}</Tag>
                  )}
                  {d.quarantined !== null && (
                    <span
                      className="inline-flex items-center gap-1 text-12 text-warn"
                      title={d.quarantined.reason ?? undefined}
                    >
                      <ShieldAlert size={14} aria-hidden />v{d.quarantined.version} held back
                    </span>
                  )}
                </span>
              </Td>
              <Td numeric className="max-md:hidden">
                {count(d.rowCount)}
              </Td>
              <Td numeric className="max-md:hidden">
                {count(d.columns)}
              </Td>
              <Td numeric className="max-md:hidden">
                {d.bytes === null ? '–' : formatBytes(d.bytes)}
              </Td>
              <Td className="text-ink-2 max-md:order-4 max-md:justify-self-end max-md:text-12">
                <Time at={d.updatedAt} show="ago" />
              </Td>
              <Td className="max-w-56 truncate text-ink-2 max-md:order-3 max-md:text-12">
                <span className="md:hidden">
                  {d.rowCount === null ? '' : `${plural(d.rowCount, 'row')}, `}
                </span>
                {d.writers.map((w) => `${w.pipeline} / ${w.task}`).join(', ') || 'nothing writes it now'}
              </Td>
              <Td numeric className="max-md:hidden">
                {d.readers.length}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}
