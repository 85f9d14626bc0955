'use client';

import { useRef, useState } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Column } from '@/lib/datasets';
import { AXIS_TEXT } from '@/components/charts/axis-text';
import { ChartFrame } from '@/components/charts/chart-frame';
import { formatCount } from '@/components/time';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { CHART_POINTS, chartColumns, chartPoints, defaultChart, type ChartChoice } from './chart-choice';

const short = (n: number) =>
  Math.abs(n) >= 10_000
    ? n.toLocaleString('en-US', { notation: 'compact' })
    : String(Number(n.toPrecision(6)));
const options = (names: readonly string[]) => names.map((value) => ({ value, label: value }));

/** QuickChart draws two columns of a table: which ones and how can be chosen. */
export function QuickChart({
  schema,
  rows,
  rowCount,
}: {
  schema: readonly Column[];
  rows: readonly Record<string, unknown>[];
  rowCount: number;
}) {
  const [choice, setChoice] = useState<ChartChoice | null>(() => defaultChart(schema, rows.length));
  const host = useRef<HTMLDivElement>(null);
  const columns = chartColumns(schema);
  if (choice === null)
    return (
      <p className="p-4 text-12 text-ink-3">
        A chart needs a column of numbers beside another one. This table has none.
      </p>
    );
  const points = chartPoints(choice, rows);
  const parts = (
    <>
      <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
      <XAxis
        dataKey="x"
        tick={AXIS_TEXT}
        tickLine={false}
        axisLine={{ stroke: 'var(--border-strong)' }}
        minTickGap={24}
      />
      <YAxis tick={AXIS_TEXT} tickLine={false} axisLine={false} width={56} tickFormatter={short} />
      <Tooltip
        cursor={{ fill: 'var(--hover)' }}
        isAnimationActive={false}
        content={({ payload }) => {
          const point = payload[0]?.payload as (typeof points)[number] | undefined;
          if (point === undefined) return null;
          return (
            <div className="float px-2 py-1 text-12">
              {choice.y} {point.y === null ? 'null' : point.y.toLocaleString('en-US')}
              <span className="block text-ink-3">{point.x}</span>
            </div>
          );
        }}
      />
    </>
  );
  const margin = { top: 12, right: 16, bottom: 4, left: 8 };
  const shown =
    rowCount > points.length
      ? `first ${formatCount(Math.min(CHART_POINTS, points.length))} of ${formatCount(rowCount)} rows, in the order shown`
      : `${formatCount(points.length)} rows`;
  return (
    <ChartFrame
      title={`${choice.y} by ${choice.x}`}
      remark={shown}
      name={`${choice.y} by ${choice.x}`}
      table={() => ({ columns: [choice.x, choice.y], rows: points.map((p) => [p.x, p.y]) })}
      svg={() => host.current?.querySelector<SVGSVGElement>('svg.recharts-surface')}
      tools={
        <>
          <Segmented
            label="Form"
            size="sm"
            value={choice.kind}
            onChange={(kind) => setChoice({ ...choice, kind })}
            options={[
              { value: 'bar', label: 'Bars' },
              { value: 'line', label: 'Line' },
            ]}
          />
          <span className="w-36">
            <Select
              size="sm"
              label="Value"
              value={choice.y}
              onChange={(y) => setChoice({ ...choice, y })}
              options={options(columns.y)}
            />
          </span>
          <span className="text-12 text-ink-3">by</span>
          <span className="w-36">
            <Select
              size="sm"
              label="Over"
              value={choice.x}
              onChange={(x) => setChoice({ ...choice, x })}
              options={options(columns.x)}
            />
          </span>
        </>
      }
    >
      <div ref={host} role="img" aria-label={`${choice.y} by ${choice.x}`}>
        <ResponsiveContainer width="100%" height={260}>
          {choice.kind === 'bar' ? (
            <BarChart data={points} margin={margin} barCategoryGap={1} accessibilityLayer>
              {parts}
              <Bar dataKey="y" fill="var(--chart-1)" isAnimationActive={false} radius={2} maxBarSize={32} />
            </BarChart>
          ) : (
            <LineChart data={points} margin={margin} accessibilityLayer>
              {parts}
              <Line
                dataKey="y"
                stroke="var(--chart-1)"
                strokeWidth={1.5}
                dot={points.length < 40}
                isAnimationActive={false}
                connectNulls={false}
              />
            </LineChart>
          )}
        </ResponsiveContainer>
      </div>
    </ChartFrame>
  );
}
