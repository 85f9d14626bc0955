import { Check, Hourglass, TriangleAlert } from 'lucide-react';
import { formatCount } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { Panel, PanelHead } from '@/components/ui/panel';
import { type Evidence } from '@/lib/rollout';

const WORDS = {
  as_planned: { word: 'as planned', Icon: Check, look: 'text-good' },
  off: { word: 'not as planned', Icon: TriangleAlert, look: 'text-failed' },
  too_few: { word: 'too few units', Icon: Hourglass, look: 'text-ink-2' },
} as const;

/** SampleRatioPanel checks that the arms got the units that the weights planned, phase by phase. */
export function SampleRatioPanel({ evidence }: { evidence: Evidence }) {
  const { sampleRatio: ratio, candidate, stable } = evidence;
  const { word, Icon, look } = WORDS[ratio.state];
  const now = ratio.phases.find(({ step }) => step === evidence.phase);
  const total = now ? now.candidate + now.stable : 0;
  const share = now && total > 0 ? (now.candidate / total) * 100 : 0;
  return (
    <Panel>
      <PanelHead title="Sample ratio">
        <span className={cx('inline-flex items-center gap-1 text-12', look)}>
          <Icon size={14} aria-hidden />
          {word}
        </span>
      </PanelHead>
      <div className="flex flex-col gap-2 px-4 py-3 text-12">
        {now && total > 0 ? (
          <>
            <div className="relative h-3 overflow-hidden rounded-tile border border-line-2 bg-sunken" aria-hidden>
              <span className="absolute inset-y-0 left-0 bg-chart-1" style={{ width: `${share}%` }} />
              <span className="absolute inset-y-0 w-0.5 bg-ink" style={{ left: `calc(${now.weight}% - 1px)` }} />
            </div>
            <p className="num flex justify-between">
              <span>
                {formatCount(now.candidate)} v{candidate.version}
              </span>
              <span className="text-ink-2">
                {formatCount(now.stable)} v{stable.version}
              </span>
            </p>
            <p className="num text-ink-2">
              {share.toFixed(2)} % against {now.weight} % planned
              {ratio.df > 0 && `, χ² ${ratio.chi2.toFixed(2)}, p ${ratio.p < 0.001 ? ratio.p.toExponential(1) : ratio.p.toFixed(2)}`}
            </p>
          </>
        ) : (
          <p className="text-ink-2">Units that the hash assigned are counted from the first traffic on.</p>
        )}
        <p className="flex justify-between border-t border-line pt-2">
          <span className="text-ink-2">Units in both arms</span>
          <span className="num">{(ratio.inBothArms * 100).toFixed(2)} %</span>
        </p>
      </div>
    </Panel>
  );
}
