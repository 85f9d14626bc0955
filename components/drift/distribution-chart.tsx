'use client';

import { Bar, CartesianGrid, ComposedChart, ErrorBar, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '@/components/charts/chart-frame';
import { formatCount } from '@/components/time';
import { type Distribution } from '@/lib/drift';
import { axis, HoverBox, Place, useDrawing } from './chart-parts';
import { percentText, psiText, shortWindow } from './words';

const HEIGHT = 280;

type Bin = Distribution['bins'][number] & { chance: [number, number] };

/** DistributionChart sets a window beside its reference, bin by bin; the whiskers are what chance explains. */
export function DistributionChart({ distribution: shown }: { distribution: Distribution }) {
  const { host, width, svg } = useDrawing();
  const bins = shown.bins.filter((bin) => bin.reference > 0 || bin.window > 0).map((bin): Bin => ({ ...bin, chance: [bin.reference - bin.low, bin.high - bin.reference] }));
  const when = shortWindow(shown.window.start, shown.grain);
  return (
    <ChartFrame
      title={`${shown.feature}, ${when}`}
      remark={`PSI ${psiText(shown.psi)}, chance alone stays under ${psiText(shown.band)}, ${formatCount(shown.rows)} rows`}
      name={`distribution-${shown.feature}-${shown.window.start.slice(0, 13)}`}
      svg={svg}
      table={() => ({ columns: ['bin', 'reference share', 'window share', 'chance from', 'chance to'], rows: shown.bins.map((bin) => [bin.label, bin.reference, bin.window, bin.low, bin.high]) })}
    >
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2 text-12 text-ink-2">
        <span className="inline-flex items-center gap-1.5">
          <span className="inline-block size-3 rounded-tile bg-chart-2" /> reference, {formatCount(shown.referenceRows)} rows
        </span>
        <span className="inline-flex items-center gap-1.5">
          <span className="inline-block size-3 rounded-tile bg-chart-1" /> {when}
        </span>
        <span>whiskers: chance, 95 %</span>
      </p>
      <Place host={host} height={HEIGHT} label={`Distribution of ${shown.feature}: reference and ${when}`}>
        {width > 0 && (
          <ComposedChart width={width} height={HEIGHT} data={bins} margin={{ top: 8, right: 8, bottom: 24, left: 0 }} barGap={1} barCategoryGap="16%" accessibilityLayer>
            <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
            <XAxis dataKey="label" tick={axis} tickLine={false} axisLine={{ stroke: 'var(--border-strong)' }} interval="preserveStartEnd" minTickGap={4} angle={bins.length > 8 ? -35 : 0} textAnchor={bins.length > 8 ? 'end' : 'middle'} />
            <YAxis tick={axis} tickLine={false} axisLine={false} width={48} tickFormatter={(share: number) => `${Number((share * 100).toFixed(1))} %`} />
            <Tooltip isAnimationActive={false} cursor={{ fill: 'var(--hover)' }} content={({ payload }) => <BinBox bin={payload?.[0]?.payload as Bin | undefined} when={when} />} />
            <Bar dataKey="reference" fill="var(--chart-2)" isAnimationActive={false}>
              <ErrorBar dataKey="chance" width={4} stroke="var(--text)" strokeWidth={1} isAnimationActive={false} />
            </Bar>
            <Bar dataKey="window" fill="var(--chart-1)" isAnimationActive={false} />
          </ComposedChart>
        )}
      </Place>
    </ChartFrame>
  );
}

function BinBox({ bin, when }: { bin: Bin | undefined; when: string }) {
  if (!bin) return null;
  return <HoverBox title={bin.label} lines={[`reference ${percentText(bin.reference)}`, `${when} ${percentText(bin.window)}`, `chance ${percentText(bin.low)} to ${percentText(bin.high)}`]} />;
}
