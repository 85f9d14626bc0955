'use client';

import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names';

export type Option<V extends string = string> = {
  value: V;
  label: string;
  hint?: ReactNode;
  icon?: ReactNode;
};

/** Select picks one of a few. `label` names it where no Field does. */
export function Select<V extends string>({
  value,
  onChange,
  options,
  label,
  placeholder = 'Choose',
  size = 'md',
  disabled,
  className,
  name,
}: {
  value: V | null;
  onChange: (value: V) => void;
  options: readonly Option<V>[];
  label?: string;
  placeholder?: string;
  size?: 'md' | 'sm';
  disabled?: boolean;
  className?: string;
  name?: string;
}) {
  return (
    <Base.Root
      items={options.map(({ value: v, label: l }) => ({ value: v, label: l }))}
      value={value}
      onValueChange={(v) => v !== null && onChange(v)}
      disabled={disabled}
      name={name}
      modal={false}
    >
      <Base.Trigger
        aria-label={label}
        className={cx(
          'flex w-full min-w-0 items-center justify-between gap-2 border border-line-strong bg-surface text-left text-ink select-none hover:bg-hover focus-visible:border-focus focus-visible:outline-1 focus-visible:outline-offset-0 data-disabled:border-line-2 data-disabled:bg-sunken data-disabled:text-ink-3 data-invalid:border-failed-line data-placeholder:text-ink-3',
          size === 'md'
            ? 'h-8 rounded px-2.5 text-14 coarse:h-11'
            : 'h-6 rounded-dense px-2 text-12 coarse:h-9',
          className,
        )}
      >
        <span className="truncate">
          <Base.Value placeholder={placeholder} />
        </span>
        <Base.Icon className="text-ink-3">
          <ChevronDown size={14} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className="float max-h-[min(320px,var(--available-height))] min-w-(--anchor-width) overflow-y-auto p-1">
            {options.map((o) => (
              <Base.Item key={o.value} value={o.value} className="float-item pr-2 text-14">
                {o.icon}
                <span className="flex min-w-0 flex-1 flex-col">
                  <Base.ItemText>{o.label}</Base.ItemText>
                  {o.hint !== undefined && <span className="text-12 text-ink-3">{o.hint}</span>}
                </span>
                <span className="flex w-4 justify-end text-accent-text">
                  <Base.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </Base.ItemIndicator>
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
