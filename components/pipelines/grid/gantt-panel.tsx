'use client';

import { parseAsString, useQueryState } from 'nuqs';
import type { GridView } from '@/lib/runs';
import { StateIcon, stateEntry } from '@/components/state';
import { formatDuration, formatTime, useNow, useZone } from '@/components/time';
import { Select } from '@/components/ui/select';
import { runMs } from './grid-data';
import { RunGantt } from './run-gantt';

/** GanttPanel is the page "Gantt": the newest run of the pipeline in time, or a chosen one. */
export function GanttPanel({ grid }: { grid: GridView }) {
  const { zone } = useZone();
  const now = useNow(60_000);
  const [wanted, setWanted] = useQueryState('run', parseAsString);
  const run = grid.runs.find((r) => r.id === wanted) ?? grid.runs[0];
  if (run === undefined) return null;
  return (
    <>
      <div className="flex items-center gap-2">
        <span className="text-12 text-ink-2">Run of</span>
        <span className="w-72">
          <Select
            label="Run"
            value={run.id}
            onChange={(id) => void setWanted(id === grid.runs[0]?.id ? null : id)}
            options={grid.runs.map((r) => {
              const ms = runMs(r);
              return {
                value: r.id,
                label: `${formatTime(r.logicalDate ?? r.startedAt ?? r.createdAt, zone, now)}, ${stateEntry(r.state).label.toLowerCase()}${ms === null ? '' : `, ${formatDuration(ms)}`}`,
                icon: <StateIcon state={r.state} size={12} label={null} />,
              };
            })}
          />
        </span>
      </div>
      <RunGantt key={run.id} run={run} names={new Map(grid.tasks.map((t) => [t.taskId, t.name]))} maxHeight={640} />
    </>
  );
}
