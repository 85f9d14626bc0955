'use client';

import Link from 'next/link';
import { RunStrip } from '@/components/charts/run-strip';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';
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

/** PipelineTable lists pipelines with how each does: last runs, a sentence, and the switch. On a phone each is a card. */
export function PipelineTable({ pipelines }: { pipelines: readonly PipelineRow[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="pipeline">
      <Table label="Pipelines" className="stack">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Owner</Th>
            <Th>Tags</Th>
            <Th>Last 20 runs</Th>
            <Th className="w-[30%]">Health</Th>
            <Th>Next run</Th>
            <Th numeric>On</Th>
          </tr>
        </thead>
        <tbody>
          {pipelines.map((p) => {
            const health = healthOf(p.lastRuns, p.currentVersion !== null);
            return (
              <tr key={p.slug} data-link>
                <Td className="max-md:order-1">
                  <Link
                    href={href(`/pipelines/${p.slug}`)}
                    data-row-link
                    className="rounded-tile font-medium hover:underline coarse:inline-block coarse:py-1.5"
                  >
                    {p.name}
                  </Link>
                </Td>
                <Td className="max-w-40 truncate text-ink-2 max-md:hidden">{p.owner === null ? '–' : p.owner.name || p.owner.email}</Td>
                <Td className="max-md:hidden">
                  <span className="flex gap-1">
                    {p.tags.slice(0, 3).map((tag) => (
                      <Tag key={tag}>{tag}</Tag>
                    ))}
                    {p.tags.length > 3 && <span className="text-12 text-ink-3">+{p.tags.length - 3}</span>}
                  </span>
                </Td>
                <Td className="max-md:order-4">
                  <RunStrip runs={p.lastRuns} runHref={(id) => href(`/runs/${id}`)} />
                </Td>
                <Td className="max-md:order-3">
                  <span className="flex min-w-0 items-center gap-2 text-ink max-md:text-12 max-md:text-ink-2">
                    <StateIcon state={health.state} label={null} />
                    <span className="truncate">{health.text}</span>
                  </span>
                </Td>
                <Td className="text-ink-2 max-md:hidden">
                  <Time at={p.nextDue} />
                </Td>
                <Td numeric className="max-md:order-2 max-md:justify-self-end">
                  <span className="inline-flex align-middle">
                    {p.archived ? <Tag>archived</Tag> : <PauseSwitch slug={p.slug} paused={p.paused} />}
                  </span>
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </RowKeys>
  );
}
