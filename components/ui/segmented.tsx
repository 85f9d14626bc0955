'use client';

import { ToggleGroup } from '@base-ui/react/toggle-group';
import { Toggle } from '@base-ui/react/toggle';
import type { ReactNode } from 'react';
import { cx } from './class-names';

/** Segmented chooses one of two to five views or values that all stay in sight. `label` names the group. */
export function Segmented<V extends string>({
  label,
  value,
  onChange,
  options,
  size = 'md',
  className,
}: {
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: readonly { value: V; label: ReactNode; disabled?: boolean }[];
  size?: 'md' | 'sm';
  className?: string;
}) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(v) => {
        const next = v[0];
        if (next !== undefined) onChange(next);
      }}
      className={cx('inline-flex shrink-0 gap-0.5 rounded border border-line bg-sunken p-0.5', className)}
    >
      {options.map((o) => (
        <Toggle
          key={o.value}
          value={o.value}
          disabled={o.disabled}
          className={cx(
            'inline-flex flex-1 items-center justify-center gap-1.5 rounded-dense font-medium whitespace-nowrap text-ink-2 hover:text-ink data-disabled:text-ink-3 data-pressed:bg-surface data-pressed:text-ink data-pressed:shadow-[0_0_0_1px_var(--border-2)]',
            size === 'md' ? 'h-[26px] px-2.5 coarse:h-10' : 'h-5 px-2 text-12 coarse:h-8',
          )}
        >
          {o.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
