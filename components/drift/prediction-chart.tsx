'use client';

import { Bar, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '@/components/charts/chart-frame';
import { type DriftPoint, type DriftReport } from '@/lib/drift';
import { axis, HoverBox, Place, useDrawing } from './chart-parts';
import { shortWindow } from './words';

const HEIGHT = 220;
const compact = new Intl.NumberFormat('en-US', { notation: 'compact' });

/** PredictionChart draws the mean prediction over time, and how many rows it is the mean of. */
export function PredictionChart({ report }: { report: DriftReport }) {
  const { host, width, svg } = useDrawing();
  const series = report.prediction?.series ?? [];
  const known = series.filter((point) => point.mean !== null);
  const [least, most] = [Math.min(...known.map((point) => point.mean ?? 0)), Math.max(...known.map((point) => point.mean ?? 0))];
  const room = Math.max((most - least) * 0.5, Math.abs(most) * 0.05, 0.01);
  return (
    <ChartFrame
      title={titleOf(known, report)}
      remark="mean prediction (line, left) and rows (bars, right)"
      name={`prediction-${report.endpoint}`}
      svg={svg}
      table={() => ({ columns: ['window', 'rows', 'mean prediction'], rows: series.map((point) => [point.window, point.rows, point.mean]) })}
    >
      <Place host={host} height={HEIGHT} label="Mean prediction and rows over time">
        {width > 0 && (
          <ComposedChart width={width} height={HEIGHT} data={series} margin={{ top: 12, right: 8, bottom: 4, left: 0 }} accessibilityLayer>
            <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
            <XAxis dataKey="window" tick={axis} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} minTickGap={40} tickFormatter={(window: string) => shortWindow(window, report.grain)} />
            <YAxis yAxisId="mean" tick={axis} tickLine={false} axisLine={false} width={52} domain={[least - room, most + room]} tickFormatter={(x: number) => x.toFixed(3)} />
            <YAxis yAxisId="rows" orientation="right" tick={axis} tickLine={false} axisLine={false} width={44} domain={[0, (max: number) => Math.max(1, max * 3)]} tickFormatter={(x: number) => compact.format(x)} />
            <Tooltip isAnimationActive={false} cursor={{ fill: 'var(--hover)' }} content={({ payload }) => <PointBox point={payload?.[0]?.payload as DriftPoint | undefined} report={report} />} />
            <Bar yAxisId="rows" dataKey="rows" fill="var(--chart-band-2)" isAnimationActive={false} maxBarSize={40} />
            <Line yAxisId="mean" dataKey="mean" stroke="var(--chart-1)" strokeWidth={2} dot={{ r: 3, fill: 'var(--chart-1)', strokeWidth: 0 }} isAnimationActive={false} connectNulls={false} />
          </ComposedChart>
        )}
      </Place>
    </ChartFrame>
  );
}

function titleOf(known: DriftPoint[], report: DriftReport): string {
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return 'No prediction has a number yet';
  if (first === last) return `Mean prediction ${(last.mean ?? 0).toFixed(3)} in ${shortWindow(last.window, report.grain)}`;
  return `Mean prediction ${(first.mean ?? 0).toFixed(3)} in ${shortWindow(first.window, report.grain)}, ${(last.mean ?? 0).toFixed(3)} in ${shortWindow(last.window, report.grain)}`;
}

function PointBox({ point, report }: { point: DriftPoint | undefined; report: DriftReport }) {
  if (!point) return null;
  return <HoverBox title={shortWindow(point.window, report.grain)} lines={[`mean ${point.mean === null ? '–' : point.mean.toFixed(4)}`, `${point.rows.toLocaleString('en-US')} rows`]} />;
}
