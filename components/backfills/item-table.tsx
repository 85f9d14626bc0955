'use client';

import Link from 'next/link';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip, StateTile } from '@/components/state';
import { Elapsed } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import type { BackfillView } from '@/lib/scheduler';
import { intervalLabel } from './calendar-days';

type Item = BackfillView['items'][number];
const drawn = (state: string) => (state === 'waiting' ? 'queued' : state);

/** ItemHeat draws every interval of a backfill as a tile in its state. */
export function ItemHeat({ items, zone }: { items: readonly Item[]; zone: string }) {
  const { href } = useWorkspace();
  const ordered = [...items].sort((a, b) => new Date(a.intervalStart).getTime() - new Date(b.intervalStart).getTime());
  return (
    <div className="flex flex-wrap gap-1 p-4">
      {ordered.map((item) => {
        const title = `${intervalLabel(item.intervalStart, item.intervalEnd, zone)}: ${item.state}`;
        const tile = <StateTile state={drawn(item.state)} title={title} />;
        return item.runId === null ? (
          <span key={String(item.intervalStart)}>{tile}</span>
        ) : (
          <Link key={String(item.intervalStart)} href={href(`/runs/${item.runId}`)} className="rounded-tile">
            {tile}
          </Link>
        );
      })}
    </div>
  );
}

/** ItemTable lists a backfill's intervals in the order of work, each with its run. */
export function ItemTable({ items, zone }: { items: readonly Item[]; zone: string }) {
  const { href } = useWorkspace();
  return (
    <Table label="Intervals of the backfill" className="stack">
      <thead>
        <tr>
          <Th>Interval</Th>
          <Th>State</Th>
          <Th>Action</Th>
          <Th className="w-[40%]">Reason</Th>
          <Th>Version</Th>
          <Th numeric>Took</Th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const label = intervalLabel(item.intervalStart, item.intervalEnd, zone);
          return (
            <tr key={String(item.intervalStart)} data-link={item.runId === null ? undefined : true}>
              <Td className="max-md:order-1">
                {item.runId === null ? (
                  label
                ) : (
                  <Link href={href(`/runs/${item.runId}`)} className="rounded-tile font-medium hover:underline coarse:inline-block coarse:py-1.5">
                    {label}
                  </Link>
                )}
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">
                <StateChip state={drawn(item.state)}>{item.state === 'waiting' ? 'Waiting' : undefined}</StateChip>
              </Td>
              <Td className="text-ink-2 max-md:order-3 max-md:text-12">{item.action}</Td>
              <Td className="text-12 whitespace-normal text-ink-2 max-md:order-5 max-md:col-span-2">{item.reason}</Td>
              <Td className="text-ink-2 max-md:hidden">{item.version === null ? '–' : `v${item.version}`}</Td>
              <Td numeric className="max-md:order-4 max-md:justify-self-end max-md:text-12">
                <Elapsed since={item.startedAt} until={item.startedAt === null ? null : (item.finishedAt ?? null)} />
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
