'use client';

import { parseAsString, useQueryState } from 'nuqs';
import { useMemo, useRef } from 'react';
import { Bar, BarChart, CartesianGrid, LabelList, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { GridView } from '@/lib/runs';
import { axisDuration, AXIS_TEXT } from '@/components/charts/axis-text';
import { ChartFrame } from '@/components/charts/chart-frame';
import type { ChartTable } from '@/components/charts/download';
import { formatDuration, plural } from '@/components/time';
import { Panel } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { allFinding, durationSeries, taskFinding, type DurationSeries } from './grid-data';
import { TaskChart } from './task-chart';

/** A picture of medians shows this many tasks, the longest; its table has all. */
const SHOWN = 30;
const ALL = '*';

/** DurationsPanel shows how long tasks took over the last runs: the medians of all, or one task run by run. */
export function DurationsPanel({ pipeline, grid }: { pipeline: string; grid: GridView }) {
  const [taskId, setTask] = useQueryState('task', parseAsString);
  const host = useRef<HTMLDivElement>(null);
  const all = useMemo(() => durationSeries(grid), [grid]);
  const one = all.find((s) => s.taskId === taskId) ?? null;
  const gaps = one === null ? 0 : one.points.filter((p) => p.ms === null).length;
  return (
    <Panel>
      <ChartFrame
        title={one === null ? allFinding(all) : taskFinding(one)}
        remark={
          one === null
            ? `medians of the runs that succeeded, last ${plural(grid.runs.length, 'run')}`
            : `last ${plural(grid.runs.length, 'run')}${one.range === null ? '' : ', band: the usual range (median ± MAD)'}${gaps === 0 ? '' : `, ${plural(gaps, 'gap')} where it did not run`}`
        }
        name={`${pipeline} ${one === null ? 'medians' : one.name}`}
        table={() => (one === null ? mediansTable(all) : taskTable(one))}
        svg={() => host.current?.querySelector<SVGSVGElement>('svg.recharts-surface')}
        tools={
          <span className="w-48">
            <Select
              size="sm"
              label="Task"
              value={one?.taskId ?? ALL}
              onChange={(value) => void setTask(value === ALL ? null : value)}
              options={[{ value: ALL, label: 'All tasks' }, ...all.map((s) => ({ value: s.taskId, label: s.name }))]}
            />
          </span>
        }
      >
        <div ref={host}>{one === null ? <Medians all={all} onTask={(id) => void setTask(id)} /> : <TaskChart series={one} />}</div>
      </ChartFrame>
    </Panel>
  );
}

function Medians({ all, onTask }: { all: readonly DurationSeries[]; onTask: (taskId: string) => void }) {
  const bars = all
    .flatMap((s) => (s.median === null ? [] : [{ taskId: s.taskId, name: s.name, ms: s.median }]))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SHOWN);
  if (bars.length === 0) return <p className="p-4 text-ink-2">No task has succeeded in these runs, so there is no duration to show.</p>;
  return (
    <ResponsiveContainer width="100%" height={bars.length * 26 + 44}>
      <BarChart data={bars} layout="vertical" margin={{ top: 8, right: 72, bottom: 4, left: 16 }} accessibilityLayer>
        <CartesianGrid horizontal={false} stroke="var(--chart-grid)" />
        <XAxis type="number" tick={AXIS_TEXT} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} tickFormatter={axisDuration} />
        <YAxis
          type="category"
          dataKey="name"
          width={180}
          interval={0}
          tick={{ ...AXIS_TEXT, fill: 'var(--text)' }}
          tickLine={false}
          axisLine={false}
          tickFormatter={(name: string) => (name.length > 26 ? `${name.slice(0, 25)}…` : name)}
        />
        <Tooltip
          cursor={{ fill: 'var(--hover)' }}
          isAnimationActive={false}
          content={({ payload }) => {
            const bar = payload[0]?.payload as (typeof bars)[number] | undefined;
            return bar === undefined ? null : (
              <div className="float px-2 py-1 text-12">
                {bar.name}: {formatDuration(bar.ms)} ({Math.round(bar.ms).toLocaleString('en-US')} ms)
              </div>
            );
          }}
        />
        <Bar
          dataKey="ms"
          fill="var(--chart-1)"
          radius={2}
          maxBarSize={14}
          minPointSize={2}
          isAnimationActive={false}
          className="cursor-pointer"
          onClick={(bar: { payload?: { taskId?: string } }) => {
            if (bar.payload?.taskId !== undefined) onTask(bar.payload.taskId);
          }}
        >
          <LabelList dataKey="ms" position="right" fontSize={12} fill="var(--text-2)" formatter={(ms) => formatDuration(Number(ms))} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}

const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms));

const mediansTable = (all: readonly DurationSeries[]): ChartTable => ({
  columns: ['Task', 'Median ms', 'Usual from ms', 'Usual to ms', 'Runs', 'Unusual'],
  rows: all.map((s) => [
    s.name,
    rounded(s.median),
    rounded(s.range?.low ?? null),
    rounded(s.range?.high ?? null),
    s.points.filter((p) => p.ms !== null).length,
    s.points.filter((p) => p.outlier).length,
  ]),
});

const taskTable = (one: DurationSeries): ChartTable => ({
  columns: ['Run', 'Started (UTC)', 'State', 'Took ms', 'Unusual'],
  rows: one.points.map((p) => [
    p.run.id.slice(-6),
    (p.run.startedAt ?? p.run.createdAt).toISOString(),
    p.state,
    rounded(p.ms),
    p.outlier ? 'yes' : 'no',
  ]),
});
