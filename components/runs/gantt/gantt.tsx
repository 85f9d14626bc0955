'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { cutScale } from '@/components/charts/cut-scale';
import { useWidth } from '@/components/charts/use-width';
import { StateIcon, stateEntry } from '@/components/state';
import { formatExact, useZone } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { AXIS, AxisLabels, GridLines } from './gantt-axis';
import { AFTER, Breaks, PathLine, ROW, RowBars } from './gantt-bars';
import { rowWords, type GanttModel, type GanttRow } from './gantt-rows';

/** What the reader looks at: a task, its part, and one of its attempts. */
export type GanttChoice = { taskId: string; mapIndex: number | null; attempt: number | null };

/** Names take this much of the width, in pixels, at most a third of it. */
const NAMES = 196;

const busyOf = (model: GanttModel) => model.rows.flatMap((r) => r.spans.filter((s) => s.kind === 'attempt'));

/** ganttScale lays the time of a run out over a width. */
export const ganttScale = (model: GanttModel, width: number) =>
  cutScale(busyOf(model), model.from, model.to, Math.max(40, width));

/**
 * Gantt draws a run in time, a row a task: waits, attempts, waits between tries, the critical path under the bars; idle time is
 * cut. Only the rows in sight are drawn. Arrow keys walk the rows, left and right the attempts of one, Enter opens its log.
 * @param maxHeight in pixels; more rows scroll
 */
export function Gantt({
  model,
  chosen,
  onOpen,
  maxHeight = 340,
}: {
  model: GanttModel;
  chosen: GanttChoice | null;
  onOpen: (choice: GanttChoice) => void;
  maxHeight?: number;
}) {
  const { zone } = useZone();
  const box = useRef<HTMLDivElement>(null);
  const wide = useWidth(box);
  const names = Math.min(NAMES, Math.round(wide / 3));
  const width = wide - names - AFTER;
  const scale = useMemo(() => ganttScale(model, width), [model, width]);
  const height = model.rows.length * ROW;
  const exact = (at: number) => formatExact(new Date(at), zone);

  const rows = useVirtualizer({
    count: model.rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: AXIS,
  });
  const shown = rows.getVirtualItems();

  const chosenAt = model.rows.findIndex((r) => r.taskId === chosen?.taskId && r.mapIndex === chosen.mapIndex);
  const [at, setAt] = useState<number | null>(null);
  const current = at ?? Math.max(0, chosenAt);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${current}"]`);
    if (row === null || row === undefined) return;
    wantsFocus.current = false;
    row.focus();
  });
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current || chosenAt < 0 || wide === 0) return;
    opened.current = true;
    rows.scrollToIndex(chosenAt, { align: 'auto' });
  }, [chosenAt, wide, rows]);

  const open = (row: GanttRow, attempt: number | null) => onOpen({ taskId: row.taskId, mapIndex: row.mapIndex, attempt });
  const onKey = (event: KeyboardEvent) => {
    const row = model.rows[current];
    if (row === undefined) return;
    const last = model.rows.length - 1;
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: last, PageDown: current + 10, PageUp: current - 10 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = Math.min(last, Math.max(0, to));
      wantsFocus.current = true;
      setAt(next);
      rows.scrollToIndex(next);
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const tries = row.spans.flatMap((s) => s.attempt ?? []);
      if (tries.length === 0) return;
      event.preventDefault();
      const open_ = current === chosenAt ? tries.indexOf(chosen?.attempt ?? tries.at(-1) ?? 0) : tries.length;
      const next = Math.min(tries.length - 1, Math.max(0, open_ + (event.key === 'ArrowRight' ? 1 : -1)));
      open(row, tries[next] ?? null);
    }
  };
  return (
    <div
      ref={box}
      className="relative overflow-x-hidden overflow-y-auto"
      style={{ height: Math.min(maxHeight, height + AXIS + 6) }}
      role="group"
      aria-label="Tasks of the run in time"
      onKeyDown={onKey}
    >
      {wide > 0 && (
        <>
          <div className="sticky top-0 z-10 flex h-[26px] bg-surface" aria-hidden>
            <svg width={width + AFTER} height={AXIS} style={{ marginLeft: names }}>
              <AxisLabels scale={scale} zone={zone} />
            </svg>
          </div>
          <div className="relative" style={{ height }}>
            <svg width={width + AFTER} height={height} className="absolute top-0" style={{ left: names }}>
              <GridLines scale={scale} zone={zone} height={height} />
              <Breaks model={model} scale={scale} height={height} />
              {shown.map(({ index }) => {
                const row = model.rows[index];
                if (row === undefined) return null;
                return (
                  <RowBars
                    key={row.key}
                    row={row}
                    y={index * ROW}
                    scale={scale}
                    chosen={index === chosenAt ? (chosen?.attempt ?? row.spans.findLast((s) => s.kind === 'attempt')?.attempt ?? null) : null}
                    exact={exact}
                    onAttempt={(attempt) => {
                      setAt(index);
                      open(row, attempt);
                    }}
                  />
                );
              })}
              <PathLine model={model} scale={scale} />
            </svg>
            {shown.map(({ index }) => {
              const row = model.rows[index];
              if (row === undefined) return null;
              return (
                <button
                  key={row.key}
                  type="button"
                  data-row={index}
                  tabIndex={index === current ? 0 : -1}
                  aria-label={rowWords(row, stateEntry(row.state).label.toLowerCase())}
                  aria-current={index === chosenAt ? 'true' : undefined}
                  data-critical={row.critical || undefined}
                  onFocus={() => setAt(index)}
                  onClick={() => open(row, null)}
                  className={cx(
                    'absolute left-0 flex h-6 items-center gap-2 pr-2 pl-4 text-left text-12 hover:bg-hover focus-visible:outline-offset-[-2px] aria-[current=true]:bg-selected',
                    row.critical && 'font-semibold',
                  )}
                  style={{ top: index * ROW, width: names }}
                >
                  <StateIcon state={row.state} size={12} label={null} />
                  <span className="truncate">{row.name}</span>
                </button>
              );
            })}
          </div>
        </>
      )}
    </div>
  );
}

/** GanttSheet is the whole Gantt as one drawing with its names, for a download. */
export function GanttSheet({ model, zone, width = 1200 }: { model: GanttModel; zone: string; width?: number }) {
  const scale = ganttScale(model, width - NAMES - AFTER);
  const height = model.rows.length * ROW;
  return (
    <svg width={width} height={height + AXIS + 8}>
      <g transform={`translate(${NAMES} 0)`}>
        <AxisLabels scale={scale} zone={zone} />
        <g transform={`translate(0 ${AXIS})`}>
          <GridLines scale={scale} zone={zone} height={height} />
          <Breaks model={model} scale={scale} height={height} />
          {model.rows.map((row, i) => (
            <RowBars key={row.key} row={row} y={i * ROW} scale={scale} chosen={null} exact={(at) => formatExact(new Date(at), zone)} />
          ))}
          <PathLine model={model} scale={scale} />
        </g>
      </g>
      <g transform={`translate(0 ${AXIS})`} fontSize={12} fill="var(--text)">
        {model.rows.map((row, i) => (
          <text key={row.key} x={16} y={i * ROW + 16} fontWeight={row.critical ? 600 : 400}>
            {row.name.length > 28 ? `${row.name.slice(0, 27)}…` : row.name}
          </text>
        ))}
      </g>
    </svg>
  );
}
