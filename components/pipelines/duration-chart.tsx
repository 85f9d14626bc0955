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
import { useWorkspace } from '@/components/shell/workspace';
import { stateColor, stateEntry } from '@/components/state';
import { formatDuration, formatTime, useNow, useZone } from '@/components/time';
import { usualMs, type PastRun } from './health';

const axis = { fontSize: 12, fill: 'var(--text-3)', fontFamily: 'var(--font-sans)' };

/** DurationChart draws how long the last runs took, oldest left, with the usual duration as a line. A bar opens its run. */
export function DurationChart({ runs }: { runs: readonly PastRun[] }) {
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
          tick={axis}
          tickLine={false}
          axisLine={{ stroke: 'var(--border-strong)' }}
          minTickGap={40}
        />
        <YAxis
          tick={axis}
          tickLine={false}
          axisLine={false}
          width={56}
          tickFormatter={(ms: number) => formatDuration(ms)}
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
            <Cell key={p.id} fill={stateColor(p.state)} fillOpacity={p.state === 'succeeded' ? 0.75 : 1} />
          ))}
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}
