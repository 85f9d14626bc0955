'use client';

import { RotateCw, Square } from 'lucide-react';
import { isFinalRun, type RunSummary } from '@/lib/runs';
import type { BulkAct } from '@/components/lists/list-column';
import { ListTable } from '@/components/lists/list-table';
import { useAll } from '@/components/lists/use-all';
import { useWorkspace } from '@/components/shell/workspace';
import { formatTime, plural, useZone } from '@/components/time';
import { runColumns } from './run-columns';
import { RunPeek } from './run-peek';

/** RunList is a page's list of runs, with acts on several, columns, views, peek and export. @param ofOne the pipeline of all */
export function RunList({ runs, ofOne }: { runs: readonly RunSummary[]; ofOne?: string }) {
  const { href, call, can } = useWorkspace();
  const { zone } = useZone();
  const all = useAll<RunSummary>('/runs', (search) => {
    const hours = Number(search.get('since'));
    const from = hours > 0 ? new Date(Date.now() - hours * 3_600_000).toISOString() : null;
    const given = Object.fromEntries(['q', 'state', 'trigger', 'who', 'pipeline'].map((name) => [name, search.get(name)]));
    return { ...given, from, ...(ofOne === undefined ? {} : { pipeline: ofOne }) };
  });
  const acts: BulkAct<RunSummary>[] = [
    {
      id: 'stop',
      label: 'Stop',
      icon: <Square size={12} aria-hidden />,
      danger: true,
      fits: (run) => !isFinalRun(run.state),
      title: (n) => `Stop ${plural(n, 'run')}?`,
      body: 'What runs is ended and what waits does not start. Results so far are kept.',
      run: (run) => call(`/runs/${run.id}/cancel`, { method: 'POST' }),
      done: (n) => `Stopping ${plural(n, 'run')}`,
    },
    {
      id: 'rerun',
      label: 'Rerun',
      icon: <RotateCw size={14} aria-hidden />,
      fits: (run) => isFinalRun(run.state) && run.trigger.kind !== 'try',
      title: (n) => `Rerun ${plural(n, 'run')}?`,
      body: 'Failed and stopped runs go on from what failed and keep their results; runs that succeeded start over.',
      run: (run) => call(`/runs/${run.id}/rerun`, { body: { from: run.state === 'succeeded' ? 'start' : 'failed' } }),
      done: (n) => `Started ${plural(n, 'run')} again`,
    },
  ];
  return (
    <ListTable
      list={ofOne === undefined ? 'runs' : 'pipeline runs'}
      what="run"
      rows={runs}
      keyOf={(run) => run.id}
      columns={runColumns(href, ofOne !== undefined)}
      acts={can('run:write') ? acts : []}
      peek={{
        title: (run) => `${run.pipeline}, ${formatTime(new Date(run.startedAt ?? run.createdAt), zone, new Date())}`,
        href: (run) => href(`/runs/${run.id}`),
        body: (run) => <RunPeek run={run} />,
      }}
      all={all}
    />
  );
}
