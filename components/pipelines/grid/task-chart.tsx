'use client';

import { useRouter } from 'next/navigation';
import { CartesianGrid, ComposedChart, Line, ReferenceArea, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useWorkspace } from '@/components/shell/workspace';
import { stateColor, stateEntry } from '@/components/state';
import { formatDuration, formatTime, useNow, useZone } from '@/components/time';
import { axisDuration, AXIS_TEXT } from '@/components/charts/axis-text';
import type { DurationPoint, DurationSeries } from './grid-data';

type Drawn = DurationPoint & { id: string; at: string };
type DotProps = { cx?: number; cy?: number; payload?: Drawn; index?: number };

/** TaskChart draws how long one task took, run by run: the usual range as a band, outliers ringed, runs without it as gaps. */
export function TaskChart({ series }: { series: DurationSeries }) {
  const router = useRouter();
  const { href } = useWorkspace();
  const { zone } = useZone();
  const now = useNow(60_000);
  const points: Drawn[] = series.points.map((p) => ({
    ...p,
    id: p.run.id,
    at: formatTime(p.run.logicalDate ?? p.run.startedAt ?? p.run.createdAt, zone, now),
  }));
  const dot = ({ cx, cy, payload, index }: DotProps) => {
    if (cx === undefined || cy === undefined || payload === undefined || payload.ms === null) return <g key={index} />;
    const color = payload.state === 'failed' ? stateColor('failed') : payload.outlier ? 'var(--chart-3)' : 'var(--chart-1)';
    return (
      <g key={index} className="cursor-pointer" onClick={() => router.push(href(`/runs/${payload.id}?task=${encodeURIComponent(series.taskId)}`))}>
        <circle cx={cx} cy={cy} r={10} fill="transparent" />
        <circle cx={cx} cy={cy} r={3} fill={color} />
        {payload.outlier && <circle cx={cx} cy={cy} r={6} fill="none" stroke={color} strokeWidth={1.5} />}
      </g>
    );
  };
  const { range } = series;
  return (
    <ResponsiveContainer width="100%" height={300}>
      <ComposedChart data={points} margin={{ top: 16, right: 72, bottom: 4, left: 8 }} accessibilityLayer>
        <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
        <XAxis dataKey="id" tickFormatter={(id: string) => points.find((p) => p.id === id)?.at ?? ''} tick={AXIS_TEXT} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} minTickGap={48} />
        <YAxis
          tick={AXIS_TEXT}
          tickLine={false}
          axisLine={false}
          width={64}
          domain={[0, 'auto']}
          tickFormatter={axisDuration}
        />
        {range !== null && <ReferenceArea y1={range.low} y2={range.high} fill="var(--chart-band-2)" fillOpacity={1} stroke="none" ifOverflow="hidden" />}
        {series.median !== null && (
          <ReferenceLine
            y={series.median}
            stroke="var(--chart-2)"
            strokeDasharray="4 3"
            label={{ value: formatDuration(series.median), position: 'right', fontSize: 12, fill: 'var(--text-2)' }}
          />
        )}
        <Tooltip
          cursor={{ stroke: 'var(--border-2)' }}
          isAnimationActive={false}
          content={({ payload }) => {
            const point = payload[0]?.payload as Drawn | undefined;
            if (point === undefined) return null;
            return (
              <div className="float px-2 py-1 text-12">
                {point.ms === null ? 'did not run' : `${formatDuration(point.ms)} (${Math.round(point.ms).toLocaleString('en-US')} ms)`}
                {point.outlier && ', unusual'}
                <span className="block text-ink-3">
                  {point.at}
                  {point.state !== null && `, ${stateEntry(point.state).label.toLowerCase()}`}
                </span>
              </div>
            );
          }}
        />
        <Line dataKey="ms" stroke="var(--chart-1)" strokeWidth={1.5} dot={dot} activeDot={false} connectNulls={false} isAnimationActive={false} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}
