'use client';

import Link from 'next/link';
import type { RunSummary } from '@/lib/runs';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { Elapsed, Time } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { Table, Td, Th } from '@/components/ui/table';
import { paramWords, triggerWord } from './words';

/** RunTable lists runs: state, when, how long, what started them. On a phone each run is a card. */
export function RunTable({
  runs,
  hidePipeline = false,
}: {
  runs: readonly RunSummary[];
  hidePipeline?: boolean;
}) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="run">
      <Table label="Runs" className="stack">
        <thead>
          <tr>
            <Th>State</Th>
            <Th>{hidePipeline ? 'Started' : 'Pipeline'}</Th>
            <Th>Covers</Th>
            {!hidePipeline && <Th>Started</Th>}
            <Th numeric>Took</Th>
            <Th>Trigger</Th>
            <Th>By</Th>
            <Th>Params, note</Th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const params = paramWords(run.params);
            return (
              <tr key={run.id} data-link className="relative">
                <Td className="max-md:order-2 max-md:justify-self-end">
                  <StateChip state={run.state} />
                </Td>
                <Td className="max-md:order-1">
                  <Link
                    href={href(`/runs/${run.id}`)}
                    data-row-link
                    className="font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                  >
                    {hidePipeline ? <Time at={run.startedAt ?? run.createdAt} /> : run.pipeline}
                  </Link>
                  {run.version !== null && <span className="ml-1.5 text-12 text-ink-3">v{run.version}</span>}
                </Td>
                <Td className="text-ink-2 max-md:hidden">
                  {run.interval === null ? (
                    <Time at={run.logicalDate} />
                  ) : (
                    <Time at={run.interval.start} show="day" />
                  )}
                </Td>
                <Td className={cx('text-ink-2 max-md:order-3 max-md:text-12', hidePipeline && 'md:hidden')}>
                  {!hidePipeline && (
                    <>
                      <Time at={run.startedAt ?? run.createdAt} />
                      <span className="md:hidden">, </span>
                    </>
                  )}
                  <span className="md:hidden">
                    {triggerWord(run.trigger.kind)}
                    {params !== '' && `, ${params}`}
                  </span>
                </Td>
                <Td numeric className="max-md:order-4 max-md:justify-self-end max-md:text-12">
                  <Elapsed since={run.startedAt} until={run.finishedAt} />
                </Td>
                <Td className="text-ink-2 max-md:hidden">{triggerWord(run.trigger.kind)}</Td>
                <Td className="max-w-40 truncate text-ink-2 max-md:hidden">{run.createdBy ?? '–'}</Td>
                <Td className="max-w-64 truncate text-12 text-ink-2 max-md:hidden">
                  {[params, run.note].filter((x) => x !== null && x !== '').join(' · ') || '–'}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </RowKeys>
  );
}
