'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { Time } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import type { EventView } from '@/lib/scheduler';
import { DELIVERIES, eventWords } from './words';

/** EventTable lists what happened, and for each pipeline that waited for it the run that came of it, or why none did. */
export function EventTable({ events }: { events: readonly EventView[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="event">
      <Table label="Events" className="stack">
        <thead>
          <tr>
            <Th className="w-44">When</Th>
            <Th className="w-[36%]">What happened</Th>
            <Th>What it started</Th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => {
            const words = eventWords(event);
            return (
              <tr key={event.id}>
                <Td className="py-2 align-top max-md:order-2 max-md:justify-self-end max-md:text-12">
                  <Time at={event.at} />
                </Td>
                <Td className="py-2 align-top whitespace-normal max-md:order-1">
                  {words.before}{' '}
                  <Link href={href(words.path)} data-row-link className="rounded-tile font-medium break-all hover:underline">
                    {words.name}
                  </Link>
                  {words.remark !== null && <span className="block text-12 break-words text-ink-3">{words.remark}</span>}
                </Td>
                <Td className="py-2 align-top whitespace-normal max-md:order-3 max-md:col-span-2">
                  <ul className="flex flex-col gap-1.5">
                    {event.started.map((each, i) => (
                      <li key={i} className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
                        <StateChip state={DELIVERIES[each.state].look}>{DELIVERIES[each.state].word}</StateChip>
                        <Link href={href(`/pipelines/${each.pipeline}`)} className="rounded-tile hover:underline">
                          {each.pipeline}
                        </Link>
                        {each.runId !== null && (
                          <Link href={href(`/runs/${each.runId}`)} className="rounded-tile text-12 text-ink-2 underline hover:text-ink">
                            its run
                          </Link>
                        )}
                        {each.reason !== null && <span className="basis-full text-12 text-ink-2">{each.reason.text}</span>}
                      </li>
                    ))}
                  </ul>
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </RowKeys>
  );
}
