import { CircleCheck, CircleDashed, TrendingUp, TriangleAlert } from 'lucide-react';
import { cx } from '@/components/ui/class-names';
import { type Verdict } from '@/lib/drift';
import { VERDICT_WORDS } from './words';

const MARKS = {
  drifted: { Icon: TriangleAlert, look: 'text-failed' },
  moved: { Icon: TrendingUp, look: 'text-warn' },
  small: { Icon: CircleCheck, look: 'text-ink-2' },
  chance: { Icon: CircleCheck, look: 'text-ink-2' },
  too_few_rows: { Icon: CircleDashed, look: 'text-ink-3' },
} as const;

/** VerdictMark says a verdict by its word and sign. */
export function VerdictMark({ verdict, className }: { verdict: Verdict; className?: string }) {
  const { Icon, look } = MARKS[verdict];
  return (
    <span className={cx('inline-flex items-center gap-1.5 whitespace-nowrap', look, className)} title={VERDICT_WORDS[verdict].says}>
      <Icon size={14} aria-hidden />
      {VERDICT_WORDS[verdict].label}
    </span>
  );
}
