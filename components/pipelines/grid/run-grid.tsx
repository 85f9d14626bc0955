'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRouter } from 'next/navigation';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { GridView } from '@/lib/runs';
import { useWidth } from '@/components/charts/use-width';
import { useWorkspace } from '@/components/shell/workspace';
import { StateTile, stateColor, stateEntry } from '@/components/state';
import { formatDuration, formatTime, plural, useNow, useZone } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { columnTicks } from './column-ticks';
import { oldestFirst, runMs, type GridRun } from './grid-data';

/** Widths and heights in pixels: a column, a row, the names, the duration bars, the dates. */
export const SIZE = { column: 25, row: 25, names: 196, bars: 64, dates: 22 } as const;
/** Names on a phone. */
const NARROW = 116;
/** The row of the duration bars stands over the tasks. */
const BARS = -1;

const inBox = (n: number, from: number, to: number) => Math.min(to, Math.max(from, n));

/**
 * RunGrid draws the last runs as columns under their durations, and what became of each task as a tile. A tile opens the run at
 * that task, a bar chooses the run. Arrow keys walk, Enter opens. Only the rows in sight are drawn.
 */
export function RunGrid({
  grid,
  chosen,
  onChoose,
}: {
  grid: GridView;
  /** id of the run that is looked at below */
  chosen: string | null;
  onChoose: (runId: string) => void;
}) {
  const { href } = useWorkspace();
  const { zone } = useZone();
  const now = useNow(60_000);
  const router = useRouter();
  const runs = useMemo(() => oldestFirst(grid), [grid]);
  const box = useRef<HTMLDivElement>(null);
  const wide = useWidth(box);
  const rows = useVirtualizer({
    count: grid.tasks.length,
    getScrollElement: () => box.current,
    estimateSize: () => SIZE.row,
    overscan: 8,
    scrollPaddingStart: SIZE.bars,
    scrollPaddingEnd: SIZE.dates,
  });
  const [at, setAt] = useState<{ row: number; column: number }>({ row: BARS, column: runs.length - 1 });
  const column = inBox(at.column, 0, runs.length - 1);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = box.current?.querySelector<HTMLElement>(`[data-cell="${at.row}:${column}"]`);
    if (cell === null || cell === undefined) return;
    wantsFocus.current = false;
    cell.focus();
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  // the newest runs stand at the right
  useEffect(() => {
    if (box.current !== null) box.current.scrollLeft = box.current.scrollWidth;
  }, []);

  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -runs.length], End: [0, runs.length] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const row = inBox(at.row + (step[0] ?? 0), BARS, grid.tasks.length - 1);
    wantsFocus.current = true;
    if (row > BARS) rows.scrollToIndex(row);
    setAt({ row, column: inBox(column + (step[1] ?? 0), 0, runs.length - 1) });
  };
  const cellProps = (row: number, index: number) => ({
    'data-cell': `${row}:${index}`,
    tabIndex: at.row === row && column === index ? 0 : -1,
    onFocus: () => setAt({ row, column: index }),
  });
  const longest = Math.max(1, ...runs.map((r) => runMs(r) ?? 0));
  const names = wide > 0 && wide < 640 ? NARROW : SIZE.names;
  const width = names + runs.length * SIZE.column + 16;
  const chosenAt = runs.findIndex((r) => r.id === chosen);
  const whens = useMemo(() => runs.map((run) => formatTime(run.logicalDate ?? run.startedAt ?? run.createdAt, zone, now)), [runs, zone, now]);
  const reach = useCallback((row: number, index: number) => setAt({ row, column: index }), []);
  const home = href('');
  const hrefOf = useCallback((runId: string, taskId: string) => `${home}/runs/${runId}?task=${encodeURIComponent(taskId)}`, [home]);
  // thousands of tiles: plain links and one listener instead of a router's link each
  const onOpen = (event: MouseEvent) => {
    const link = (event.target as HTMLElement).closest('a');
    if (link === null || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.push(link.pathname + link.search);
  };
  return (
    <div ref={box} className="max-h-[560px] overflow-auto" onKeyDown={onKey} onClick={onOpen}>
      <div role="grid" aria-label="Runs by task" aria-rowcount={grid.tasks.length + 1} className="relative" style={{ width }}>
        {chosenAt >= 0 && (
          <div
            aria-hidden
            className="pointer-events-none absolute inset-y-0.5 z-30 rounded-dense border border-accent-border"
            style={{ left: names + chosenAt * SIZE.column, width: SIZE.column }}
          />
        )}
        <div role="row" aria-rowindex={1} className="sticky top-0 z-20 flex border-b border-line bg-surface" style={{ height: SIZE.bars }}>
          <span
            role="rowheader"
            className="num sticky left-0 z-10 flex items-start justify-end bg-surface pt-1 pr-3 text-12 text-ink-3"
            style={{ width: names }}
          >
            <span className="sr-only">Duration, longest </span>
            {formatDuration(longest)}
          </span>
          {runs.map((run, i) => {
            const ms = runMs(run);
            const open = run.finishedAt === null;
            const words = `${stateEntry(run.state).label} run, ${whens[i] ?? ''}${ms === null ? '' : `, took ${formatDuration(ms)}`}`;
            return (
              <span key={run.id} role="gridcell" className="flex items-end justify-center" style={{ width: SIZE.column }} suppressHydrationWarning>
                <button
                  type="button"
                  {...cellProps(BARS, i)}
                  aria-label={words}
                  aria-pressed={run.id === chosen}
                  title={words}
                  suppressHydrationWarning
                  onClick={() => onChoose(run.id)}
                  className="flex h-full w-full items-end justify-center px-[3px] pt-2 hover:opacity-75 focus-visible:outline-offset-[-2px]"
                >
                  <span
                    className={cx('block w-full rounded-t-[2px]', open && 'border border-b-0')}
                    style={{
                      height: open ? 10 : Math.max(3, ((ms ?? 0) / longest) * (SIZE.bars - 10)),
                      borderColor: stateColor(run.state),
                      background: open ? 'transparent' : stateColor(run.state),
                      opacity: run.state === 'succeeded' ? 0.75 : 1,
                    }}
                  />
                </button>
              </span>
            );
          })}
        </div>
        <div className="relative" style={{ height: grid.tasks.length * SIZE.row + 6 }}>
          {rows.getVirtualItems().map(({ index }) => {
            const task = grid.tasks[index];
            if (task === undefined) return null;
            return (
              <TaskLine
                key={task.taskId}
                task={task}
                index={index}
                runs={runs}
                whens={whens}
                names={names}
                reached={at.row === index ? column : null}
                onFocus={reach}
                hrefOf={hrefOf}
              />
            );
          })}
        </div>
        <div aria-hidden className="num sticky bottom-0 z-20 bg-surface text-12 text-ink-3" style={{ height: SIZE.dates }}>
          <span className="sticky left-0 z-10 block h-full bg-surface" style={{ width: names }} />
          {columnTicks(runs, zone, now).map(({ column: c, text }) => (
            <span key={c} className="absolute top-0.5 border-l border-line-2 pl-1 whitespace-nowrap" style={{ left: names + c * SIZE.column + SIZE.column / 2 }} suppressHydrationWarning>
              {text}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

/** TaskLine is a task's row; it is drawn again only when it changes, not at every choice of a run. `reached`: the column that Tab reaches. */
const TaskLine = memo(function TaskLine({
  task,
  index,
  runs,
  whens,
  names,
  reached,
  onFocus,
  hrefOf,
}: {
  task: GridView['tasks'][number];
  index: number;
  runs: readonly GridRun[];
  /** when each run was, in words */
  whens: readonly string[];
  names: number;
  reached: number | null;
  onFocus: (row: number, column: number) => void;
  hrefOf: (runId: string, taskId: string) => string;
}) {
  return (
    <div role="row" aria-rowindex={index + 2} className="absolute left-0 flex items-center" style={{ top: index * SIZE.row + 3, height: SIZE.row }}>
      <span role="rowheader" className="sticky left-0 z-10 h-full truncate bg-surface pr-3 pl-4 leading-[25px]" style={{ width: names }}>
        {task.name}
      </span>
      {runs.map((run, i) => {
        const cell = run.cells[index] ?? null;
        if (cell === null)
          return (
            <span key={run.id} role="gridcell" aria-label="no such task" className="flex justify-center text-12 text-ink-3" style={{ width: SIZE.column }}>
              ·
            </span>
          );
        const words = `${task.name}, ${whens[i] ?? ''}: ${stateEntry(cell.state).label.toLowerCase()}${cell.attempts > 1 ? `, ${cell.attempts} tries` : ''}${cell.parts > 1 ? `, ${plural(cell.parts, 'part')}` : ''}${cell.tookMs === null ? '' : `, ${formatDuration(cell.tookMs)}`}`;
        return (
          <span key={run.id} role="gridcell" className="flex justify-center" style={{ width: SIZE.column }}>
            <a
              data-cell={`${index}:${i}`}
              tabIndex={reached === i ? 0 : -1}
              onFocus={() => onFocus(index, i)}
              href={hrefOf(run.id, task.taskId)}
              className="flex rounded-tile hover:opacity-75 focus-visible:outline-offset-0"
            >
              <StateTile state={cell.state} title={words} />
            </a>
          </span>
        );
      })}
    </div>
  );
});
