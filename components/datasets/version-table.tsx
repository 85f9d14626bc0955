'use client';

import Link from 'next/link';
import type { DatasetVersionView } from '@/lib/datasets';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { formatBytes, formatCount, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';

const LOOK = { good: 'succeeded', quarantined: 'failed', staged: 'queued' } as const;
const WORD = { good: 'Good', quarantined: 'Quarantined', staged: 'Staged' } as const;

/** VersionTable lists a dataset's versions, newest first, each with the run that made it. */
export function VersionTable({
  dataset,
  versions,
  currentVersion,
}: {
  dataset: string;
  versions: readonly DatasetVersionView[];
  currentVersion: number | null;
}) {
  const { href } = useWorkspace();
  return (
    <Table label="Versions" className="stack">
      <thead>
        <tr>
          <Th>Version</Th>
          <Th>State</Th>
          <Th numeric>Rows</Th>
          <Th numeric>Size</Th>
          <Th>Covers</Th>
          <Th>Made</Th>
          <Th>By</Th>
          <Th>Why</Th>
        </tr>
      </thead>
      <tbody>
        {versions.map((v) => (
          <tr key={v.number}>
            <Td className="max-md:order-1">
              <Link
                href={href(`/datasets/${dataset}?version=${v.number}`)}
                className="font-medium hover:underline"
              >
                v{v.number}
              </Link>
              {v.number === currentVersion && <Tag className="ml-2">current</Tag>}
            </Td>
            <Td className="max-md:order-2">
              <StateChip state={LOOK[v.state]}>{WORD[v.state]}</StateChip>
            </Td>
            <Td numeric className="max-md:order-3 max-md:text-12">
              {formatCount(v.rowCount)}
              <span className="md:hidden"> rows, {v.mode}</span>
            </Td>
            <Td numeric className="max-md:hidden">
              {formatBytes(v.bytes)}
            </Td>
            <Td className="text-ink-2 max-md:hidden">
              {v.interval === null ? 'all' : <Time at={v.interval.start} show="day" />}
            </Td>
            <Td className="text-ink-2 max-md:order-4 max-md:text-12">
              <Time at={v.createdAt} />
            </Td>
            <Td className="text-ink-2 max-md:hidden">
              {v.runId === null ? (
                '–'
              ) : (
                <Link href={href(`/runs/${v.runId}`)} className="hover:underline">
                  {v.pipeline} / {v.taskId}
                </Link>
              )}
            </Td>
            <Td className="max-w-72 truncate text-12 text-ink-2 max-md:hidden">
              <span title={v.reason ?? undefined}>{v.reason ?? ''}</span>
              {v.releasedBy !== null && ` (released by ${v.releasedBy})`}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
