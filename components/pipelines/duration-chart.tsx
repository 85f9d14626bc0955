'use client';

import {
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useRouter } from 'next/navigation';
import { useRef } from 'react';
import { axisDuration, AXIS_TEXT } from '@/components/charts/axis-text';
import { ChartFrame } from '@/components/charts/chart-frame';
import { useWorkspace } from '@/components/shell/workspace';
import { stateColor, stateEntry } from '@/components/state';
import { formatDuration, formatTime, plural, useNow, useZone } from '@/components/time';
import { usualMs, type PastRun } from './health';

/** DurationChart draws how long the last runs took, oldest left, with the usual duration as a line. A bar opens its run. */
export function DurationChart({ pipeline, runs }: { pipeline: string; runs: readonly PastRun[] }) {
  const host = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const { href } = useWorkspace();
  const { zone } = useZone();
  const now = useNow(60_000);
  const usual = usualMs(runs);
  const points = runs
    .filter((r) => r.startedAt !== null && r.finishedAt !== null)
    .map((r) => ({
      id: r.id,
      state: r.state,
      at: formatTime(new Date(r.startedAt ?? 0), zone, now),
      ms: new Date(r.finishedAt ?? 0).getTime() - new Date(r.startedAt ?? 0).getTime(),
    }))
    .reverse();
  return (
    <ChartFrame
      title={usual === null ? 'How long runs take' : `Runs usually take ${formatDuration(usual)}`}
      remark={`last ${plural(points.length, 'run')}${usual === null ? '' : ', dashed the median of those that succeeded'}`}
      name={`${pipeline} durations`}
      table={() => ({
        columns: ['Run', 'Started', 'State', 'Took ms'],
        rows: points.map((p) => [p.id.slice(-6), p.at, p.state, p.ms]),
      })}
      svg={() => host.current?.querySelector<SVGSVGElement>('svg.recharts-surface')}
    >
      <div ref={host}>
        <ResponsiveContainer width="100%" height={180}>
          <BarChart
            data={points}
            margin={{ top: 12, right: 16, bottom: 4, left: 8 }}
            barCategoryGap={2}
            accessibilityLayer
          >
            <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
            <XAxis
              dataKey="at"
              tick={AXIS_TEXT}
              tickLine={false}
              axisLine={{ stroke: 'var(--border-strong)' }}
              minTickGap={40}
            />
            <YAxis
              tick={AXIS_TEXT}
              tickLine={false}
              axisLine={false}
              width={56}
              tickFormatter={axisDuration}
            />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              isAnimationActive={false}
              content={({ payload }) => {
                const point = payload?.[0]?.payload as (typeof points)[number] | undefined;
                if (point === undefined) return null;
                return (
                  <div className="float px-2 py-1 text-12">
                    {stateEntry(point.state).label}, {formatDuration(point.ms)}
                    <span className="block text-ink-3">{point.at}</span>
                  </div>
                );
              }}
            />
            {usual !== null && <ReferenceLine y={usual} stroke="var(--chart-2)" strokeDasharray="4 3" />}
            <Bar
              dataKey="ms"
              isAnimationActive={false}
              radius={2}
              maxBarSize={20}
              minPointSize={3}
              className="cursor-pointer"
              onClick={(bar: { payload?: { id?: string } }) => {
                if (bar.payload?.id !== undefined) router.push(href(`/runs/${bar.payload.id}`));
              }}
            >
              {points.map((p) => (
                <Cell
                  key={p.id}
                  fill={stateColor(p.state)}
                  fillOpacity={p.state === 'succeeded' ? 0.75 : 1}
                />
              ))}
            </Bar>
          </BarChart>
        </ResponsiveContainer>
      </div>
    </ChartFrame>
  );
}
