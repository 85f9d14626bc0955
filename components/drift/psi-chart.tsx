'use client';

import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '@/components/charts/chart-frame';
import { type DriftPoint, type DriftReport, type DriftSeries } from '@/lib/drift';
import { axis, HoverBox, Place, useDrawing } from './chart-parts';
import { psiText, shortWindow, VERDICT_WORDS } from './words';

const HEIGHT = 220;

/** PsiChart draws the very series that the verdict thresholds, with its threshold and what chance alone stays under. */
export function PsiChart({ report, series }: { report: DriftReport; series: DriftSeries }) {
  const { host, width, svg } = useDrawing();
  const points = series.series.map((point) => ({ ...point, shown: point.verdict === 'too_few_rows' ? null : point.psi, chance: point.verdict === 'too_few_rows' ? null : point.band }));
  const top = Math.max(report.threshold * 1.3, ...points.map((point) => point.shown ?? 0));
  return (
    <ChartFrame
      title={`PSI of ${series.name}`}
      remark={`drift from ${report.threshold} on, twice running; grey: chance (95 %)`}
      name={`psi-${report.endpoint}-${series.name}`}
      svg={svg}
      table={() => ({ columns: ['window', 'rows', 'psi', 'chance stays under', 'verdict'], rows: series.series.map((point) => [point.window, point.rows, point.psi, point.band, VERDICT_WORDS[point.verdict].label]) })}
    >
      <Place host={host} height={HEIGHT} label={`PSI of ${series.name} over time`}>
        {width > 0 && (
          <ComposedChart width={width} height={HEIGHT} data={points} margin={{ top: 12, right: 16, bottom: 4, left: 0 }} accessibilityLayer>
            <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
            <XAxis dataKey="window" tick={axis} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} minTickGap={40} tickFormatter={(window: string) => shortWindow(window, report.grain)} />
            <YAxis tick={axis} tickLine={false} axisLine={false} width={52} domain={[0, Math.ceil(top * 20) / 20]} tickFormatter={(x: number) => x.toFixed(2)} />
            <Tooltip isAnimationActive={false} content={({ payload }) => <PointBox point={payload?.[0]?.payload as DriftPoint | undefined} report={report} />} />
            <Area dataKey="chance" stroke="none" fill="var(--chart-band-2)" fillOpacity={1} isAnimationActive={false} activeDot={false} />
            <ReferenceLine y={report.threshold} stroke="var(--chart-3)" strokeDasharray="4 3" label={{ value: `drift from ${report.threshold}`, position: 'insideBottomRight', fontSize: 12, fill: 'var(--text-2)' }} />
            <Line dataKey="shown" stroke="var(--chart-1)" strokeWidth={2} dot={{ r: 3, fill: 'var(--chart-1)', strokeWidth: 0 }} isAnimationActive={false} connectNulls={false} />
          </ComposedChart>
        )}
      </Place>
    </ChartFrame>
  );
}

function PointBox({ point, report }: { point: DriftPoint | undefined; report: DriftReport }) {
  if (!point) return null;
  return <HoverBox title={shortWindow(point.window, report.grain)} lines={[`PSI ${psiText(point.psi)}, ${VERDICT_WORDS[point.verdict].label}`, `chance stays under ${psiText(point.band)}`, `${point.rows.toLocaleString('en-US')} rows`]} />;
}
