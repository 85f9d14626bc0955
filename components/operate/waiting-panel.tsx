'use client';

import { ArrowUpToLine } from 'lucide-react';
import Link from 'next/link';
import { useCall } from '@/components/settings/use-call';
import { useWorkspace } from '@/components/shell/workspace';
import { plural, Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import type { QueueView } from '@/lib/dispatch';
import type { Plain } from './plain';

/** WaitingPanel lists the workspace's runs that wait for a slot, and lets one go ahead of the others of its lane. */
export function WaitingPanel({ runs }: { runs: Plain<QueueView['waitingRuns']> }) {
  const { href, call, can } = useWorkspace();
  const raise = useCall();
  const highest = Math.max(0, ...runs.map((run) => run.priority));
  return (
    <Panel>
      <PanelHead title="Runs that wait for a slot" remark="of this workspace, longest first" />
      {raise.error !== null && <Banner tone="error" title={raise.error} />}
      {runs.length === 0 ? (
        <p className="p-4 text-ink-2">No run of this workspace waits for a slot.</p>
      ) : (
        <Table label="Runs that wait" className="stack">
          <thead>
            <tr>
              <Th>Run</Th>
              <Th>Lane</Th>
              <Th>Waiting</Th>
              <Th>Since</Th>
              <Th />
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <Td>
                  <Link href={href(`/runs/${run.id}`)} className="font-medium hover:underline">
                    {run.pipeline}
                  </Link>{' '}
                  <span className="mono text-12 text-ink-3">{run.id.slice(-6)}</span>
                </Td>
                <Td className="text-ink-2">{run.lane}</Td>
                <Td className="text-ink-2">{plural(run.ready, 'task')}</Td>
                <Td className="text-ink-2">
                  <Time at={run.since} show="ago" />
                </Td>
                <Td className="text-right">
                  {can('run:write') && runs.length > 1 && (
                    <Button
                      size="sm"
                      busy={raise.busy}
                      aria-label={`Move ${run.pipeline} ${run.id.slice(-6)} to the front of its lane`}
                      onClick={() => void raise.run(() => call(`/runs/${run.id}/raise`, { method: 'POST', body: { priority: highest + 1 } }))}
                    >
                      <ArrowUpToLine size={14} aria-hidden />
                      To the front
                    </Button>
                  )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
