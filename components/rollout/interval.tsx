import { type Comparison } from '@/lib/rollout';

/** An interval never shrinks the margin below a sixth of its half. */
const WIDEST = 6;

/**
 * Interval draws a difference with its always-valid interval: left the candidate is better, right it is worse. Every metric has a
 * scale of its own; the dashed line is the margin.
 */
export function Interval({ comparison }: { comparison: Comparison }) {
  const { difference, low, high, margin, metric } = comparison;
  if (difference === null || low === null || high === null) return <span className="text-12 text-ink-3">no data</span>;
  const reach = Math.min(Math.max(Math.abs(low), Math.abs(high), margin * 1.4), Math.max(margin * WIDEST, Math.abs(difference) * 1.4)) || 1;
  const x = (value: number) => 50 + 50 * Math.max(-1, Math.min(1, value / reach));
  const from = x(low);
  const to = x(high);
  const twoSided = metric === 'score_mean';
  return (
    <svg viewBox="0 0 100 36" preserveAspectRatio="none" className="block h-9 w-full" role="img" aria-label={`between ${low.toPrecision(3)} and ${high.toPrecision(3)}, margin ${margin.toPrecision(3)}`}>
      <rect x={x(margin)} width={100 - x(margin)} height="36" fill="var(--st-failed-fill)" />
      {twoSided && <rect x="0" width={x(-margin)} height="36" fill="var(--st-failed-fill)" />}
      {[margin, ...(twoSided ? [-margin] : [])].map((at) => (
        <line key={at} x1={x(at)} x2={x(at)} y2="36" stroke="var(--chart-3)" strokeWidth="1.5" strokeDasharray="3 2" vectorEffect="non-scaling-stroke" />
      ))}
      <line x1="50" x2="50" y2="36" stroke="var(--border-strong)" vectorEffect="non-scaling-stroke" />
      <line x1={from} x2={to} y1="18" y2="18" stroke="var(--chart-1)" strokeOpacity="0.45" strokeWidth="8" vectorEffect="non-scaling-stroke" />
      <line x1={x(difference)} x2={x(difference)} y1="18" y2="18" stroke="var(--chart-1)" strokeWidth="9" strokeLinecap="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
