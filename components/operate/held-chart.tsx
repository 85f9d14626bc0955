'use client';

import { useRef, useState } from 'react';
import { Area, AreaChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '@/components/charts/chart-frame';
import { formatTime, useNow, useZone } from '@/components/time';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import type { QueueView } from '@/lib/dispatch';
import { LANES, minuteSeries } from './queue-words';
import type { Plain } from './plain';

const HOUR = 3_600_000;
const COLORS = ['var(--chart-1)', 'var(--chart-3)', 'var(--chart-4)', 'var(--chart-2)'];
const axis = { fontSize: 12, fill: 'var(--text-3)', fontFamily: 'var(--font-sans)' };

/** HeldChart draws who held the slots over the last hour, by lane or by workspace, under the line of all slots. */
export function HeldChart({ queue }: { queue: Plain<QueueView> }) {
  const [by, setBy] = useState<'lane' | 'workspace'>('lane');
  const box = useRef<HTMLDivElement>(null);
  const { zone } = useZone();
  const now = useNow(60_000);
  const samples = queue.samples.map((s) => ({ at: s.at, key: by === 'lane' ? (LANES[s.lane]?.name ?? 'Other') : s.workspace, running: s.running }));
  const series = minuteSeries(samples, now.getTime() - HOUR, now.getTime());
  const total = (key: string) => series.reduce((sum, minute) => sum + (minute.held[key] ?? 0), 0);
  const keys = by === 'lane' ? LANES.map((lane) => lane.name).filter((name) => total(name) > 0) : [...new Set(samples.map((s) => s.key))].sort((a, b) => total(b) - total(a)).slice(0, 4);
  const all = keys.reduce((sum, key) => sum + total(key), 0);
  const time = (at: number) => formatTime(new Date(at), zone, now);
  const finding = all === 0 ? 'Nothing held a slot in the last hour' : `${keys.toSorted((a, b) => total(b) - total(a))[0]} held ${Math.round((Math.max(...keys.map(total)) / all) * 100)} % of the slot time of the last hour`;
  return (
    <Panel>
      <ChartFrame
        title={finding}
        remark="slots held, by minute"
        name="slots-held"
        table={() => ({ columns: ['minute', ...keys], rows: series.map((minute) => [new Date(minute.at).toISOString(), ...keys.map((key) => minute.held[key] ?? 0)]) })}
        svg={() => box.current?.querySelector('svg')}
        tools={
          <Segmented
            label="Slots held by"
            value={by}
            onChange={setBy}
            options={[
              { value: 'lane', label: 'Lane' },
              { value: 'workspace', label: 'Workspace' },
            ]}
          />
        }
      >
        <div ref={box} className="p-2">
          <ResponsiveContainer width="100%" height={180}>
            <AreaChart data={series} margin={{ top: 12, right: 16, bottom: 4, left: 0 }} accessibilityLayer>
              <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
              <XAxis dataKey="at" tick={axis} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} minTickGap={48} tickFormatter={time} />
              <YAxis tick={axis} tickLine={false} axisLine={false} width={32} allowDecimals={false} domain={[0, Math.max(1, queue.slots)]} />
              <Tooltip
                isAnimationActive={false}
                content={({ payload, label }) =>
                  payload.length === 0 ? null : (
                    <div className="float px-2 py-1 text-12">
                      <span className="block text-ink-3">{time(Number(label))}</span>
                      {payload.map((line) => (
                        <span key={String(line.name)} className="num block">
                          {String(line.name)}: {Number(line.value).toFixed(2)}
                        </span>
                      ))}
                    </div>
                  )
                }
              />
              <ReferenceLine y={queue.slots} stroke="var(--text-3)" strokeDasharray="4 3" />
              {keys.map((key, i) => (
                <Area key={key} name={key} dataKey={(minute: (typeof series)[number]) => minute.held[key] ?? 0} stackId="held" type="stepAfter" isAnimationActive={false} stroke={COLORS[i % COLORS.length]} fill={COLORS[i % COLORS.length]} fillOpacity={0.35} />
              ))}
            </AreaChart>
          </ResponsiveContainer>
          <ul className="flex flex-wrap gap-x-4 px-3 pb-2 text-12 text-ink-2">
            {keys.map((key, i) => (
              <li key={key} className="inline-flex items-center gap-1.5">
                <span aria-hidden className="size-2.5 rounded-tile" style={{ background: COLORS[i % COLORS.length] }} />
                {key}
              </li>
            ))}
            <li className="text-ink-3">dashed: all {queue.slots} slots</li>
          </ul>
        </div>
      </ChartFrame>
    </Panel>
  );
}
