'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import type { GridView } from '@/lib/runs';
import { ChartFrame } from '@/components/charts/chart-frame';
import { drawn } from '@/components/charts/download';
import { StateIcon, stateEntry, STATES } from '@/components/state';
import { useNow, useZone } from '@/components/time';
import { IconButton } from '@/components/ui/icon-button';
import { Panel } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { gridFinding, gridTable } from './grid-data';
import { GridSheet } from './grid-sheet';
import { RunGantt } from './run-gantt';
import { RunGrid } from './run-grid';

/** GridPanel is the page "Grid": the last runs by task, and the Gantt of the chosen one under it. */
export function GridPanel({ pipeline, grid }: { pipeline: string; grid: GridView }) {
  const { zone } = useZone();
  const now = useNow(60_000);
  const [address, setAddress] = useQueryStates(
    { runs: parseAsInteger.withDefault(25), cursor: parseAsString },
    { shallow: false },
  );
  const [{ run }, setRun] = useQueryStates({ run: parseAsString });
  const chosen = grid.runs.find((r) => r.id === run) ?? grid.runs[0] ?? null;
  const names = new Map(grid.tasks.map((t) => [t.taskId, t.name]));
  return (
    <>
      <Panel>
        <ChartFrame
          title={gridFinding(grid)}
          name={`${pipeline} grid`}
          table={() => gridTable(grid)}
          svg={() => drawn(<GridSheet grid={grid} zone={zone} now={now} />)}
          tools={
            <>
              <span className="w-28">
                <Select
                  size="sm"
                  label="How many runs"
                  value={String(address.runs)}
                  onChange={(value) => void setAddress({ runs: Number(value) })}
                  options={['25', '38', '50', '100'].map((value) => ({ value, label: `${value} runs` }))}
                />
              </span>
              <IconButton size="sm" label="Back to the newest" disabled={address.cursor === null} onClick={() => void setAddress({ cursor: null })}>
                <ChevronRight size={16} aria-hidden />
              </IconButton>
              <IconButton
                size="sm"
                label="Older runs"
                className="order-first"
                disabled={grid.nextCursor === null}
                onClick={() => void setAddress({ cursor: grid.nextCursor })}
              >
                <ChevronLeft size={16} aria-hidden />
              </IconButton>
            </>
          }
        >
          <RunGrid key={grid.runs.length} grid={grid} chosen={chosen?.id ?? null} onChoose={(id) => void setRun({ run: id })} />
          <GridKey grid={grid} />
        </ChartFrame>
      </Panel>
      {chosen !== null && <RunGantt key={chosen.id} run={chosen} names={names} />}
    </>
  );
}

/** GridKey names the states that the grid shows. */
function GridKey({ grid }: { grid: GridView }) {
  const seen = new Set(grid.runs.flatMap((r) => r.cells.flatMap((c) => c?.state ?? [])));
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-12 text-ink-2">
      {STATES.filter((state) => (seen as Set<string>).has(state)).map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <StateIcon state={state} size={12} label={null} />
          {stateEntry(state).label.toLowerCase()}
        </li>
      ))}
    </ul>
  );
}
