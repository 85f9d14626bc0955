'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { PauseSwitch } from '@/components/pipelines/pause-switch';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';
import type { ScheduleView } from '@/lib/scheduler';

/** ScheduleTable lists schedules: when, what the next run covers, when it is due, what the last one came to. */
export function ScheduleTable({ schedules }: { schedules: readonly ScheduleView[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="schedule">
      <Table label="Schedules" className="stack">
        <thead>
          <tr>
            <Th>Pipeline</Th>
            <Th className="w-[32%]">When</Th>
            <Th>Next due</Th>
            <Th>Last result</Th>
            <Th>Schedule</Th>
            <Th numeric>Pipeline</Th>
          </tr>
        </thead>
        <tbody>
          {schedules.map((schedule) => (
            <tr key={schedule.id} data-link>
              <Td className="max-md:order-1">
                <Link href={href(`/pipelines/${schedule.pipeline.slug}`)} data-row-link className="rounded-tile font-medium hover:underline coarse:inline-block coarse:py-1.5">
                  {schedule.pipeline.name}
                </Link>
              </Td>
              <Td className="py-1.5 whitespace-normal max-md:order-3 max-md:text-12">
                {schedule.words}
                <span className="block text-12 text-ink-3">
                  {schedule.zone}
                  {schedule.catchup && ', catches up'}
                </span>
              </Td>
              <Td className="max-md:order-4 max-md:justify-self-end max-md:text-12">
                {schedule.next === null ? (
                  <span className="text-ink-3">{schedule.pipeline.paused ? 'paused' : 'off'}</span>
                ) : (
                  <>
                    <Time at={schedule.next.due} />
                    <span className="block text-12 text-ink-3 max-md:hidden">
                      covers <Covers start={schedule.next.start} end={schedule.next.end} />
                    </span>
                  </>
                )}
              </Td>
              <Td className="max-md:order-5 max-md:col-span-2">
                <LastResult schedule={schedule} />
              </Td>
              <Td className="max-md:hidden">
                <Link href={href(`/pipelines/${schedule.pipeline.slug}/edit`)} aria-label={`Schedule of ${schedule.pipeline.name} is ${schedule.enabled ? 'on' : 'off'}, change it in the editor`}>
                  <Tag>{schedule.enabled ? 'on' : 'off'}</Tag>
                </Link>
              </Td>
              <Td numeric className="max-md:order-2 max-md:justify-self-end">
                <span className="inline-flex align-middle">
                  <PauseSwitch slug={schedule.pipeline.slug} paused={schedule.pipeline.paused} />
                </span>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}

/** Covers shows an interval: a day alone when it is one, else its start and end. */
export function Covers({ start, end }: { start: Date | string; end: Date | string }) {
  const hours = (new Date(end).getTime() - new Date(start).getTime()) / 3_600_000;
  if (hours === 24) return <Time at={start} show="day" />;
  return (
    <>
      <Time at={start} /> to <Time at={end} />
    </>
  );
}

function LastResult({ schedule }: { schedule: ScheduleView }) {
  const { href } = useWorkspace();
  const { lastRun, lastResult } = schedule;
  const passed = lastResult !== null && lastResult.kind !== 'run' ? lastResult.text : null;
  return (
    <span className="flex min-w-0 items-center gap-2">
      {lastRun !== null && (
        <Link href={href(`/runs/${lastRun.id}`)} className="rounded-tile">
          <StateChip state={lastRun.state} />
        </Link>
      )}
      {passed !== null && <span className="truncate text-12 text-ink-2">{passed}</span>}
      {schedule.waiting > 0 && <span className="text-12 text-ink-2">{schedule.waiting} waiting</span>}
      {lastRun === null && passed === null && <span className="text-12 text-ink-3">has not fired yet</span>}
    </span>
  );
}
