'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { Elapsed, Time } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import type { BackfillRow } from '@/lib/scheduler';
import { BackfillProgress } from './progress';

/** A backfill that was paused by a person is drawn as one that waits. */
const drawn = (state: string) => (state === 'paused' ? 'deferred' : state);

/** BackfillState is a backfill's state as chips draw it. */
export const BackfillState = ({ state }: { state: string }) => <StateChip state={drawn(state)}>{state[0]!.toUpperCase() + state.slice(1)}</StateChip>;

/** BackfillTable lists backfills with their range and progress. */
export function BackfillTable({ backfills }: { backfills: readonly BackfillRow[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="backfill">
      <Table label="Backfills" className="stack">
        <thead>
          <tr>
            <Th>State</Th>
            <Th>Pipeline</Th>
            <Th>Intervals</Th>
            <Th className="w-[30%]">Progress</Th>
            <Th>Started</Th>
            <Th numeric>Took</Th>
            <Th>By</Th>
          </tr>
        </thead>
        <tbody>
          {backfills.map((backfill) => (
            <tr key={backfill.id} data-link className="relative">
              <Td className="max-md:order-2 max-md:justify-self-end">
                <BackfillState state={backfill.state} />
              </Td>
              <Td className="max-md:order-1">
                <Link
                  href={href(`/pipelines/${backfill.pipeline}/backfills/${backfill.id}`)}
                  data-row-link
                  className="font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                >
                  {backfill.pipeline}
                </Link>
              </Td>
              <Td className="text-ink-2 max-md:order-3 max-md:text-12">
                <Time at={backfill.first} show="day" /> to <Time at={backfill.last} show="day" />
              </Td>
              <Td className="py-1.5 max-md:order-5 max-md:col-span-2">
                <BackfillProgress backfill={backfill} />
              </Td>
              <Td className="text-ink-2 max-md:hidden">
                <Time at={backfill.createdAt} />
              </Td>
              <Td numeric className="max-md:order-4 max-md:justify-self-end max-md:text-12">
                <Elapsed since={backfill.createdAt} until={backfill.finishedAt} />
              </Td>
              <Td className="max-w-40 truncate text-ink-2 max-md:hidden">{backfill.createdBy ?? '–'}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}
