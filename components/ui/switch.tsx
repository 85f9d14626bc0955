'use client';

import { Switch as Base } from '@base-ui/react/switch';
import type { ReactNode } from 'react';
import { cx } from './class-names';

/** Switch turns something on or off at once. `label` stands beside it; without one give `aria-label`. */
export function Switch({
  label,
  hint,
  className,
  ...props
}: Omit<Base.Root.Props, 'className'> & { label?: ReactNode; hint?: ReactNode; className?: string }) {
  const control = (
    <Base.Root
      className={cx(
        "relative h-4 w-7 shrink-0 rounded-full bg-line-strong transition-colors before:absolute before:-inset-1 before:content-[''] data-checked:bg-accent data-disabled:opacity-55",
        label === undefined && className,
        label !== undefined && 'mt-0.5',
      )}
      {...props}
    >
      <Base.Thumb className="block size-3 translate-x-0.5 rounded-full bg-surface transition-transform data-checked:translate-x-3.5 data-checked:bg-accent-on" />
    </Base.Root>
  );
  if (label === undefined) return control;
  return (
    <label className={cx('flex min-h-6 cursor-pointer items-start gap-2', className)}>
      {control}
      <span className="flex flex-col">
        <span>{label}</span>
        {hint !== undefined && <span className="text-12 text-ink-3">{hint}</span>}
      </span>
    </label>
  );
}
