import type { GridView } from '@/lib/runs';
import { StateGlyph, stateColor, stateEntry } from '@/components/state';
import { formatDuration } from '@/components/time/format';
import { columnTicks } from './column-ticks';
import { oldestFirst, runMs } from './grid-data';
import { SIZE } from './run-grid';

const DASH: Record<string, string | undefined> = { queued: '1 2', deferred: '1 2', retry: '3 2', skipped: '3 2', 'upstream-failed': '3 2' };

/** GridSheet is the whole grid as one drawing, for a download. */
export function GridSheet({ grid, zone, now }: { grid: GridView; zone: string; now: Date }) {
  const runs = oldestFirst(grid);
  const longest = Math.max(1, ...runs.map((r) => runMs(r) ?? 0));
  const top = SIZE.bars + 8;
  const height = top + grid.tasks.length * SIZE.row + SIZE.dates + 8;
  const width = SIZE.names + runs.length * SIZE.column + 40;
  return (
    <svg width={width} height={height} fontSize={12}>
      <text x={SIZE.names - 8} y={18} textAnchor="end" fill="var(--text-3)">
        {formatDuration(longest)}
      </text>
      {runs.map((run, c) => {
        const tall = Math.max(3, ((runMs(run) ?? 0) / longest) * (SIZE.bars - 12));
        return (
          <g key={run.id} transform={`translate(${SIZE.names + c * SIZE.column} 0)`}>
            <rect x={3} y={SIZE.bars - tall} width={SIZE.column - 6} height={tall} rx={2} fill={stateColor(run.state)} fillOpacity={run.state === 'succeeded' ? 0.75 : 1} />
            {run.cells.map((cell, r) => {
              if (cell === null) return null;
              const { look, attention } = stateEntry(cell.state);
              return (
                <g key={r} transform={`translate(2.5 ${top + r * SIZE.row})`} color={attention ? 'var(--text-on-solid)' : `var(--st-${look}-text)`}>
                  <rect
                    x={0.5}
                    y={0.5}
                    width={19}
                    height={19}
                    rx={4}
                    fill={attention ? stateColor(cell.state) : `var(--st-${look}-fill)`}
                    stroke={stateColor(cell.state)}
                    strokeDasharray={DASH[look]}
                  />
                  <g transform="translate(4 4)">
                    <StateGlyph state={cell.state} size={12} />
                  </g>
                </g>
              );
            })}
          </g>
        );
      })}
      {grid.tasks.map((task, r) => (
        <text key={task.taskId} x={16} y={top + r * SIZE.row + 14} fill="var(--text)">
          {task.name.length > 26 ? `${task.name.slice(0, 25)}…` : task.name}
        </text>
      ))}
      {columnTicks(runs, zone, now).map(({ column, text }) => (
        <text key={column} x={SIZE.names + column * SIZE.column + 12} y={height - 10} fill="var(--text-3)">
          {text}
        </text>
      ))}
    </svg>
  );
}
