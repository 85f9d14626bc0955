'use client';

import { useRef } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '@/components/charts/chart-frame';
import { formatCount, formatDuration, formatExact, formatTime, useZone } from '@/components/time';
import { Panel } from '@/components/ui/panel';

type Bin = { at: Date | string; variant: string; rows: number; errors: number };
const axis = { fontSize: 12, fill: 'var(--text-3)', fontFamily: 'var(--font-sans)' };

/** OverTime draws how many answers each variant gave, in bins over the rollout's life; a gap is a time without any. */
export function OverTime({ bins, seconds, candidate, stable, until }: { bins: readonly Bin[]; seconds: number; candidate: number; stable: number; until: Date | string }) {
  const host = useRef<HTMLDivElement>(null);
  const { zone } = useZone();
  const points = pointsOf(bins, seconds);
  const total = points.reduce((sum, p) => ({ candidate: sum.candidate + p.candidate, stable: sum.stable + p.stable }), { candidate: 0, stable: 0 });
  const end = new Date(until);
  return (
    <Panel>
      <ChartFrame
        title={total.candidate + total.stable === 0 ? 'No answers yet' : `v${candidate} gave ${formatCount(total.candidate)} of ${formatCount(total.candidate + total.stable)} answers`}
        remark={`answers every ${formatDuration(seconds * 1000)}`}
        name="answers-by-variant"
        table={() => ({ columns: ['at', `v${candidate} candidate`, `v${stable} stable`, 'errors'], rows: points.map((p) => [new Date(p.at).toISOString(), p.candidate, p.stable, p.errors]) })}
        svg={() => host.current?.querySelector('svg')}
      >
        {points.length === 0 ? (
          <p className="px-4 py-5 text-ink-2">Answers are counted here as the gateway logs them.</p>
        ) : (
          <div ref={host} className="pt-2">
            <ResponsiveContainer width="100%" height={176}>
              <BarChart data={points} margin={{ top: 8, right: 16, bottom: 4, left: 4 }} barCategoryGap={1} accessibilityLayer>
                <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
                <XAxis dataKey="at" tick={axis} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} minTickGap={48} tickFormatter={(at: number) => formatTime(new Date(at), zone, end)} />
                <YAxis tick={axis} tickLine={false} axisLine={false} width={48} allowDecimals={false} tickFormatter={(n: number) => formatCount(n)} />
                <Tooltip
                  cursor={{ fill: 'var(--hover)' }}
                  isAnimationActive={false}
                  content={({ payload }) => {
                    const point = payload?.[0]?.payload as (typeof points)[number] | undefined;
                    if (!point) return null;
                    return (
                      <div className="float num px-2 py-1 text-12">
                        v{candidate} {formatCount(point.candidate)}, v{stable} {formatCount(point.stable)}
                        {point.errors > 0 && `, ${formatCount(point.errors)} failed`}
                        <span className="block text-ink-3">{formatExact(new Date(point.at), zone)}</span>
                      </div>
                    );
                  }}
                />
                <Bar dataKey="stable" stackId="a" fill="var(--chart-2)" fillOpacity={0.55} isAnimationActive={false} />
                <Bar dataKey="candidate" stackId="a" fill="var(--chart-1)" isAnimationActive={false} />
              </BarChart>
            </ResponsiveContainer>
            <p className="flex flex-wrap gap-4 px-4 pb-3 text-12 text-ink-2">
              <span className="inline-flex items-center gap-1.5">
                <span aria-hidden className="size-2.5 rounded-tile bg-chart-1" />v{candidate} candidate
              </span>
              <span className="inline-flex items-center gap-1.5">
                <span aria-hidden className="size-2.5 rounded-tile bg-chart-2" />v{stable} stable
              </span>
            </p>
          </div>
        )}
      </ChartFrame>
    </Panel>
  );
}

/** Bins without an answer stand in the chart as gaps, so that time runs evenly. */
function pointsOf(bins: readonly Bin[], seconds: number): { at: number; candidate: number; stable: number; errors: number }[] {
  const byTime = new Map<number, { candidate: number; stable: number; errors: number }>();
  for (const { at, variant, rows, errors } of bins) {
    const time = new Date(at).getTime();
    const point = byTime.get(time) ?? { candidate: 0, stable: 0, errors: 0 };
    if (variant === 'candidate') point.candidate += rows;
    else point.stable += rows;
    point.errors += errors;
    byTime.set(time, point);
  }
  const times = [...byTime.keys()];
  if (times.length === 0) return [];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const many = Math.min(400, Math.round((last - first) / (seconds * 1000)) + 1);
  return Array.from({ length: many }, (_, i) => first + i * seconds * 1000).map((at) => ({ at, ...(byTime.get(at) ?? { candidate: 0, stable: 0, errors: 0 }) }));
}
