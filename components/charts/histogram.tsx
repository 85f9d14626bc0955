import { formatCount } from '@/components/time/format';

export type Bin = { label: string; count: number };

/** Histogram draws how the values of a column are spread: tiny, without axes; hovering a bar names its range and count. */
export function Histogram({
  bins,
  label,
  width = 72,
  height = 20,
}: {
  bins: readonly Bin[];
  label: string;
  width?: number;
  height?: number;
}) {
  if (bins.length === 0) return <span style={{ height }} className="block" />;
  const top = Math.max(1, ...bins.map((b) => b.count));
  const gap = bins.length > 30 ? 0 : 1;
  const step = width / bins.length;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {bins.map((bin, i) => {
        const h = bin.count === 0 ? 0 : Math.max(1, (bin.count / top) * height);
        return (
          <rect
            key={i}
            x={i * step}
            y={height - h}
            width={Math.max(0.5, step - gap)}
            height={h}
            fill="var(--chart-2)"
          >
            <title>{`${bin.label}: ${formatCount(bin.count)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
