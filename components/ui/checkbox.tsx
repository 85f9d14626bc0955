'use client';

import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names';

/** Checkbox is a yes or no that waits for a button. `label` stands beside it; without one give `aria-label`. */
export function Checkbox({
  label,
  hint,
  className,
  indeterminate,
  ...props
}: Omit<Base.Root.Props, 'className'> & { label?: ReactNode; hint?: ReactNode; className?: string }) {
  const box = (
    <Base.Root
      indeterminate={indeterminate}
      className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-tile border border-line-strong bg-surface text-accent-on data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-55"
      {...props}
    >
      <Base.Indicator className="flex">
        {indeterminate === true ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
      </Base.Indicator>
    </Base.Root>
  );
  if (label === undefined) return box;
  return (
    <label className={cx('flex min-h-6 cursor-pointer items-start gap-2', className)}>
      {box}
      <span className="flex flex-col">
        <span>{label}</span>
        {hint !== undefined && <span className="text-12 text-ink-3">{hint}</span>}
      </span>
    </label>
  );
}
