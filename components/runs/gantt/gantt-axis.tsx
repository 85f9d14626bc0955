import { cutTicks, type CutScale } from '@/components/charts/cut-scale';
import { zoneOffset } from '@/components/charts/time-ticks';
import { formatDuration } from '@/components/time/format';

/** The axis above the rows is this high, in pixels. */
export const AXIS = 26;

/** clockOf writes a moment as exact as the step between ticks asks for: "06:12", "06:12:40", "06:12:40.5". */
export function clockOf(at: number, stepMs: number, zone: string): string {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    ...(stepMs < 60_000 ? { second: '2-digit' } : {}),
  }).format(at);
  if (stepMs >= 86_400_000) return new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' }).format(at);
  if (stepMs >= 1000) return clock;
  const places = stepMs >= 100 ? 1 : stepMs >= 10 ? 2 : 3;
  return `${clock}.${String(((at % 1000) + 1000) % 1000).padStart(3, '0').slice(0, places)}`;
}

/** ticksOf gives the ticks of a scale in a zone. */
export const ticksOf = (scale: CutScale, zone: string) =>
  cutTicks(scale, 96, zoneOffset(new Date(scale.pieces[0]?.from ?? 0), zone));

/** GridLines draws the ticks behind the rows. */
export const GridLines = ({ scale, zone, height }: { scale: CutScale; zone: string; height: number }) => (
  <g pointerEvents="none">
    {ticksOf(scale, zone).ticks.map(({ at, x }) => (
      <line key={at} x1={Math.round(x) + 0.5} x2={Math.round(x) + 0.5} y1={0} y2={height} stroke="var(--chart-grid)" />
    ))}
  </g>
);

/** AxisLabels writes the times over the rows, and the mark of each break. */
export function AxisLabels({ scale, zone }: { scale: CutScale; zone: string }) {
  const { stepMs, ticks } = ticksOf(scale, zone);
  const breaks = scale.pieces.filter((p) => p.cut);
  const wide = clockOf(ticks[0]?.at ?? 0, stepMs, zone).length * 7 + 6;
  const free = (x: number) => x + wide < scale.width + 56 && !breaks.some((p) => x + wide > p.x0 && x < p.x1);
  return (
    <g fontSize={12} fill="var(--text-2)">
      {ticks
        .filter(({ x }) => free(x))
        .map(({ at, x }) => (
          <text key={at} x={Math.round(x) + 4} y={17} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {clockOf(at, stepMs, zone)}
          </text>
        ))}
      {breaks.map((p) => (
        <g key={p.from} stroke="var(--text-2)" fill="none">
          <title>{`${formatDuration(p.to - p.from)} without work, cut`}</title>
          <rect x={p.x0} y={0} width={p.x1 - p.x0} height={AXIS} fill="var(--surface)" stroke="none" />
          <path d={`M${p.x0 + 3} 19l3 -9M${p.x0 + 8} 19l3 -9`} />
        </g>
      ))}
    </g>
  );
}
