import { ArrowDown, Check, Hourglass, Minus, ShieldCheck, X } from 'lucide-react';
import { formatCount } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import { cx } from '@/components/ui/class-names';
import { amount, type Comparison, type Evidence } from '@/lib/rollout';
import { Interval } from './interval';

const NAMES: Record<Comparison['metric'], string> = { error_rate: 'Errors', latency_p95: 'Latency p95', score_mean: 'Mean score' };
const FINDINGS: Record<Comparison['finding'], { word: string; Icon: typeof Check; look: string }> = {
  better: { word: 'better', Icon: ArrowDown, look: 'text-good' },
  no_worse: { word: 'no worse', Icon: Check, look: 'text-good' },
  worse: { word: 'worse', Icon: X, look: 'text-failed' },
  undecided: { word: 'undecided', Icon: Hourglass, look: 'text-ink-2' },
  no_data: { word: 'no data', Icon: Minus, look: 'text-ink-3' },
};

const signed = (metric: Comparison['metric'], difference: number | null): string =>
  difference === null ? '–' : `${difference < 0 ? '−' : '+'}${amount(metric, Math.abs(difference)).replace(' %', metric === 'error_rate' ? ' pts' : ' %')}`;

/** ComparisonTable sets the candidate against the stable version, metric by metric; a shield marks the guards. */
export function ComparisonTable({ evidence }: { evidence: Evidence }) {
  const candidate = `v${evidence.candidate.version}`;
  const stable = `v${evidence.stable.version}`;
  const value = (metric: Comparison['metric'], number: number | null) => (number === null ? '–' : amount(metric, number));
  return (
    <Table label="Metrics" className="stack">
      <thead>
        <tr>
          <Th>Metric, own scale each</Th>
          <Th numeric>{candidate}</Th>
          <Th numeric>{stable}</Th>
          <Th className="w-[34%]">
            <span className="flex justify-between font-normal">
              <span>{candidate} better</span>
              <span>equal</span>
              <span>{candidate} worse</span>
            </span>
          </Th>
          <Th numeric>Difference</Th>
          <Th>Finding</Th>
        </tr>
      </thead>
      <tbody>
        {evidence.comparisons.map((comparison) => {
          const { metric, finding, guard } = comparison;
          const { word, Icon, look } = FINDINGS[finding];
          return (
            <tr key={metric}>
              <Td className="max-md:order-1">
                <span className="inline-flex items-center gap-1.5">
                  {NAMES[metric]}
                  {guard && (
                    <span title="A guard: when it fails, the rollout rolls back by itself" className="text-ink-3">
                      <ShieldCheck size={14} aria-label="guard" />
                    </span>
                  )}
                </span>
              </Td>
              <Td numeric className="max-md:order-3">
                <span className="text-12 text-ink-3 md:hidden">{candidate} </span>
                {value(metric, comparison.candidate)}
              </Td>
              <Td numeric className="text-ink-2 max-md:order-4">
                <span className="text-12 text-ink-3 md:hidden">{stable} </span>
                {value(metric, comparison.stable)}
              </Td>
              <Td className="!py-0 max-md:order-6 max-md:col-span-2">
                <Interval comparison={comparison} />
              </Td>
              <Td numeric className="max-md:order-5">
                {signed(metric, comparison.difference)}
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">
                <span className={cx('inline-flex items-center gap-1 whitespace-nowrap', look)}>
                  <Icon size={14} aria-hidden />
                  {word}
                </span>
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

/** ArmsTable says what each variant did in this step. */
export function ArmsTable({ evidence }: { evidence: Evidence }) {
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(1)} ms`);
  return (
    <Table label="Variants" dense>
      <thead>
        <tr>
          <Th>Variant</Th>
          <Th numeric>Units</Th>
          <Th numeric>Answers</Th>
          <Th numeric>Errors</Th>
          <Th numeric>p50</Th>
          <Th numeric>p95</Th>
          <Th numeric>p99</Th>
        </tr>
      </thead>
      <tbody>
        {(['candidate', 'stable'] as const).map((name) => {
          const arm = evidence[name];
          return (
            <tr key={name}>
              <Td>
                <span className="inline-flex items-center gap-2">
                  <span aria-hidden className={cx('size-2.5 rounded-tile', name === 'candidate' ? 'bg-chart-1' : 'bg-chart-2')} />v{arm.version} {name}
                </span>
              </Td>
              <Td numeric>{formatCount(arm.units)}</Td>
              <Td numeric>{formatCount(arm.rows)}</Td>
              <Td numeric>{formatCount(arm.errors)}</Td>
              <Td numeric>{ms(arm.latency?.p50)}</Td>
              <Td numeric>{ms(arm.latency?.p95)}</Td>
              <Td numeric>{ms(arm.latency?.p99)}</Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
