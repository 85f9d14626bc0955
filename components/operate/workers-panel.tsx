'use client';

import { Server } from 'lucide-react';
import { useState } from 'react';
import { Time, useNow } from '@/components/time';
import { CountPill, Tag } from '@/components/ui/chip';
import { cx } from '@/components/ui/class-names';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import type { ClusterView } from '@/lib/dispatch';
import type { Plain } from './plain';

/** A worker that was given no roles has every one of them; these stand only together. */
const ALL_ROLES = ['executor', 'scheduler', 'sweeper', 'housekeeping'];

type Worker = Plain<ClusterView['workers'][number]>;

/** WorkersPanel lists the worker processes: what they do, how full they are, when they were last heard. */
export function WorkersPanel({ workers, leaseSeconds }: { workers: Worker[]; leaseSeconds: number }) {
  return (
    <Panel>
      <PanelHead title="Workers" count={<CountPill>{workers.length}</CountPill>} remark={`a lease runs ${leaseSeconds} s without a heartbeat`} />
      {workers.length === 0 ? (
        <EmptyState icon={<Server size={18} aria-hidden />} title="No worker is running">
          A worker claims tasks and performs them. <code>npm start</code> brings one; further ones join with <code>penstock worker</code>, here or on another machine.
        </EmptyState>
      ) : (
        <Table label="Workers" className="stack">
          <thead>
            <tr>
              <Th>Worker</Th>
              <Th>State</Th>
              <Th>Roles</Th>
              <Th>Tags</Th>
              <Th>Busy</Th>
              <Th numeric>Partitions</Th>
              <Th numeric>Lag</Th>
              <Th numeric>Heard</Th>
              <Th>Version</Th>
              <Th>Up since</Th>
            </tr>
          </thead>
          <tbody>
            {workers.map((worker) => (
              <tr key={worker.id}>
                <Td>
                  <span className="font-medium">{worker.name}</span>
                </Td>
                <Td>
                  <WorkerState worker={worker} />
                </Td>
                <Td className="max-md:hidden">{ALL_ROLES.every((role) => worker.roles.includes(role)) ? 'all' : worker.roles.join(', ')}</Td>
                <Td className="max-md:hidden">
                  {worker.tags.length === 0 ? <span className="text-ink-3">any task</span> : <span className="inline-flex flex-wrap gap-1">{worker.tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</span>}
                </Td>
                <Td>
                  <Busy worker={worker} />
                </Td>
                <Td numeric className="max-md:hidden">
                  {worker.partitions}
                </Td>
                <Td numeric className="max-md:hidden">
                  {worker.lagMs === null ? '–' : `${worker.lagMs} ms`}
                </Td>
                <Td numeric>
                  <HeartbeatAge seconds={worker.heartbeatAgeSeconds} at={worker.heartbeatAt} />
                </Td>
                <Td className="max-md:hidden">
                  {worker.version} {worker.executor !== 'local' && <Tag>{worker.executor}</Tag>}
                </Td>
                <Td className="max-md:hidden">
                  <Time at={worker.startedAt} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function WorkerState({ worker }: { worker: Worker }) {
  const word = worker.lost ? 'silent' : worker.draining ? 'drains' : 'works';
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      <span className={cx('inline-flex items-center gap-1.5', worker.lost && 'text-failed')}>
        <span aria-hidden className={cx('size-2 rounded-full border', worker.lost ? 'border-failed-line' : worker.draining ? 'border-line-strong' : 'border-good-line bg-good')} />
        {word}
      </span>
      {worker.leader && <Tag>leader</Tag>}
      {worker.scale !== null && (
        <Tag>
          {worker.scale.children} of {worker.scale.min} to {worker.scale.max} children
        </Tag>
      )}
    </span>
  );
}

function Busy({ worker }: { worker: Worker }) {
  if (worker.slots === 0) return <span className="text-ink-3">takes no tasks</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken">
        <span className="block h-full rounded-full bg-running" style={{ width: `${Math.min(100, (worker.busy / worker.slots) * 100)}%` }} />
      </span>
      <span className="num">
        {worker.busy} of {worker.slots}
      </span>
    </span>
  );
}

/** HeartbeatAge counts on by itself between two refreshes; each new heartbeat counts from its own age. */
export function HeartbeatAge({ seconds, at }: { seconds: number; at: string }) {
  return <Counting key={at} from={seconds} at={at} />;
}

function Counting({ from, at }: { from: number; at: string }) {
  const now = useNow();
  const [since] = useState(() => Date.now());
  return (
    <span className="num" title={at} suppressHydrationWarning>
      {Math.round(from + Math.max(0, now.getTime() - since) / 1000)} s ago
    </span>
  );
}
