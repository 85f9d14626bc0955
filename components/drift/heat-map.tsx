'use client';

import { useRef, useState, type KeyboardEvent } from 'react';
import { ChartFrame } from '@/components/charts/chart-frame';
import { useWidth } from '@/components/charts/use-width';
import { type DriftPoint, type DriftReport, type DriftSeries } from '@/lib/drift';
import { useSelection } from './use-selection';
import { HEAT_FROM, heatOf, percentText, psiText, shortWindow, VERDICT_WORDS } from './words';

const ROW = 32;
const GAP = 2;
const HEAD = 20;
const FOOT = 22;
const NARROW = 560;
const MIN_CELL = 14;

/** DriftHeatMap draws every feature over time, the important ones first; a cell opens its two distributions. */
export function DriftHeatMap({ report, chosen }: { report: DriftReport; chosen: { feature: string; window: string } | null }) {
  const host = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(host);
  const { select } = useSelection();
  const rows = report.prediction ? [...report.features, report.prediction] : report.features;
  const windows = rows[0]?.series ?? [];
  const start = Math.max(0, windows.findIndex((point) => point.rows > 0));
  const [focus, setFocus] = useState<[number, number] | null>(null);
  const narrow = width < NARROW;
  const left = narrow ? 92 : 204;
  const cell = Math.max(MIN_CELL, (width - left) / Math.max(1, windows.length));
  const drawn = left + cell * windows.length;
  const height = HEAD + rows.length * ROW + FOOT;
  const every = Math.ceil(84 / cell);
  const picked: [number, number] = focus ?? [Math.max(0, rows.findIndex((row) => row.name === chosen?.feature)), Math.max(0, windows.findIndex((point) => point.window === chosen?.window) >= 0 ? windows.findIndex((point) => point.window === chosen?.window) : start)];
  const open = (row: DriftSeries, point: DriftPoint) => void select({ feature: row.name, window: point.window });

  const move = (event: KeyboardEvent, r: number, w: number) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -w], End: [0, windows.length - 1 - w] }[event.key];
    const [row, point] = [rows[r], rows[r]?.series[w]];
    if ((event.key === 'Enter' || event.key === ' ') && row && point) {
      event.preventDefault();
      open(row, point);
    }
    if (!step) return;
    event.preventDefault();
    const next: [number, number] = [Math.min(rows.length - 1, Math.max(0, r + (step[0] ?? 0))), Math.min(windows.length - 1, Math.max(0, w + (step[1] ?? 0)))];
    setFocus(next);
    svg.current?.querySelector<SVGElement>(`[data-cell="${next[0]}-${next[1]}"]`)?.focus();
  };

  return (
    <ChartFrame
      title="Drift by feature"
      remark={`PSI against the reference, by ${report.grain} in UTC`}
      name={`drift-${report.endpoint}`}
      svg={() => svg.current}
      table={() => ({
        columns: ['feature', 'importance', 'window', 'rows', 'psi', 'chance stays under', 'corrected chance', 'verdict'],
        rows: rows.flatMap((row) => row.series.map((point) => [row.name, row.importance, point.window, point.rows, point.psi, point.band, point.chance, VERDICT_WORDS[point.verdict].label])),
      })}
      tools={<Legend />}
    >
      <div ref={host} className="overflow-x-auto px-4 pt-2 pb-3">
        {width > 0 && (
          <svg ref={svg} width={drawn} height={height} role="group" aria-label="Drift of each feature in each window. Arrow keys move, Enter shows the distributions.">
            <text x={0} y={12} fontSize={12} fill="var(--text-3)">
              {narrow ? 'Feature' : 'Feature, by importance'}
            </text>
            {rows.map((row, r) => (
              <g key={row.name}>
                <text x={0} y={HEAD + r * ROW + 20} fontSize={12} fill="var(--text)" fontWeight={row.name === chosen?.feature ? 600 : 400}>
                  {row.name}
                </text>
                {!narrow && row.importance !== null && (
                  <rect x={132} y={HEAD + r * ROW + 12} width={Math.max(2, row.importance * 56)} height={6} rx={1} fill="var(--chart-2)">
                    <title>{`${percentText(row.importance)} of what moves the prediction`}</title>
                  </rect>
                )}
                {row.series.map((point, w) => {
                  const few = point.verdict === 'too_few_rows' || point.psi === null;
                  const isChosen = row.name === chosen?.feature && point.window === chosen.window;
                  return (
                    <g
                      key={point.window}
                      role="button"
                      data-cell={`${r}-${w}`}
                      tabIndex={picked[0] === r && picked[1] === w ? 0 : -1}
                      aria-pressed={isChosen}
                      aria-label={cellText(row, point, report)}
                      className="cursor-pointer outline-none [&:focus-visible>rect]:stroke-focus [&:focus-visible>rect]:[stroke-width:2]"
                      onClick={() => open(row, point)}
                      onKeyDown={(event) => move(event, r, w)}
                    >
                      <title>{cellText(row, point, report)}</title>
                      <rect
                        x={left + w * cell + GAP / 2}
                        y={HEAD + r * ROW + GAP / 2}
                        width={cell - GAP}
                        height={ROW - GAP}
                        rx={3}
                        fill={few ? 'var(--surface)' : `var(--heat-${heatOf(point.psi ?? 0)})`}
                        stroke={isChosen ? 'var(--accent)' : few ? 'var(--border-strong)' : 'var(--border)'}
                        strokeWidth={isChosen ? 2 : 1}
                        strokeDasharray={few && !isChosen ? '3 2' : undefined}
                      />
                    </g>
                  );
                })}
              </g>
            ))}
            {windows.map((point, w) =>
              w % every === 0 ? (
                <text key={point.window} x={left + w * cell + 2} y={height - 6} fontSize={12} fill="var(--text-3)">
                  {shortWindow(point.window, report.grain)}
                </text>
              ) : null,
            )}
          </svg>
        )}
      </div>
    </ChartFrame>
  );
}

const cellText = (row: DriftSeries, point: DriftPoint, report: DriftReport): string =>
  `${row.name}, ${shortWindow(point.window, report.grain)}: ${point.rows === 0 ? 'no rows' : `PSI ${psiText(point.psi)}, ${VERDICT_WORDS[point.verdict].label}, ${point.rows.toLocaleString('en-US')} rows`}`;

function Legend() {
  return (
    <span className="flex items-center gap-1 text-12 text-ink-3 max-md:hidden">
      {HEAT_FROM.map((from, step) => (
        <span key={from} title={`PSI from ${from}`} className="inline-block h-3 w-5 rounded-tile border border-line" style={{ background: `var(--heat-${step})` }} />
      ))}
      <span>{HEAT_FROM.at(-1)} or more</span>
      <span className="ml-2 inline-block h-3 w-5 rounded-tile border border-dashed border-line-strong" />
      <span>too few rows</span>
    </span>
  );
}
