'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { formatBytes, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';
import { type ModelVersionView } from '@/lib/registry';
import { AliasTag } from './alias-tag';
import { valueText, versionLook } from './words';

/** VersionTable lists a model's versions, newest first. @param live versions that endpoints serve, with their slugs */
export function VersionTable({ versions, live }: { versions: readonly ModelVersionView[]; live: Record<number, string[]> }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="version">
      <Table label="Versions" className="stack">
        <thead>
          <tr>
            <Th>Version</Th>
            <Th>State</Th>
            <Th>Live</Th>
            <Th>Aliases and tags</Th>
            <Th>Metrics</Th>
            <Th numeric>Size</Th>
            <Th>By</Th>
            <Th>Registered</Th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.uuid} data-link className="relative">
              <Td className="max-md:order-1">
                <Link
                  href={href(`/models/${version.model}/versions/${version.version}`)}
                  data-row-link
                  className="font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                >
                  v{version.version}
                </Link>
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">
                <StateChip state={versionLook(version).state}>{versionLook(version).label}</StateChip>
              </Td>
              <Td className="max-md:order-3 max-md:text-12">{live[version.version]?.join(', ') ?? <span className="text-ink-3">–</span>}</Td>
              <Td className="max-md:order-4 max-md:justify-self-end">
                <span className="inline-flex flex-wrap gap-1">
                  {version.aliases.map((alias) => (
                    <AliasTag key={alias} alias={alias} />
                  ))}
                  {Object.entries(version.tags).map(([key, value]) => (
                    <Tag key={key}>{value === '' ? key : `${key}: ${value}`}</Tag>
                  ))}
                </span>
              </Td>
              <Td className="max-w-64 truncate text-ink-2 max-md:hidden">
                {Object.entries(version.metrics)
                  .map(([name, value]) => `${name} ${valueText(value)}`)
                  .join(', ')}
              </Td>
              <Td numeric className="max-md:hidden">
                {formatBytes(version.bytes)}
              </Td>
              <Td className="text-ink-2 max-md:hidden">{version.createdBy}</Td>
              <Td className="text-ink-2 max-md:order-5 max-md:text-12">
                <Time at={version.createdAt} show="ago" />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}
