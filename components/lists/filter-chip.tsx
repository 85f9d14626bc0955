'use client';

import { ListFilter, X } from 'lucide-react';
import { parseAsArrayOf, parseAsString, useQueryState } from 'nuqs';
import type { ReactNode } from 'react';
import { buttonStyles } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { cx } from '@/components/ui/class-names';
import { Popover } from '@/components/ui/popover';

/**
 * FilterChip chooses some of many values of a list's filter; they live in the address under `name`, and the chip says them.
 * Nothing chosen means any.
 */
export function FilterChip({
  name,
  label,
  options,
  single = false,
}: {
  name: string;
  label: string;
  options: readonly { value: string; label: string; icon?: ReactNode }[];
  /** At most one value: choosing another replaces it. */
  single?: boolean;
}) {
  const [chosen, setChosen] = useQueryState(
    name,
    parseAsArrayOf(parseAsString).withDefault([]).withOptions({ shallow: false, clearOnDefault: true }),
  );
  const toggle = (value: string, on: boolean) =>
    void setChosen(on ? (single ? [value] : [...chosen, value]) : chosen.filter((v) => v !== value));
  const words = chosen.map((v) => options.find((o) => o.value === v)?.label ?? v);
  const set = words.length > 0;
  return (
    <span className="inline-flex">
      <Popover
        title={label}
        className="max-h-80 min-w-44 gap-1 overflow-y-auto"
        trigger={
          <button
            type="button"
            className={cx(
              buttonStyles({ size: 'sm' }),
              'font-normal text-ink-2',
              set && 'rounded-r-none border-r-0 border-accent-border bg-accent-soft',
            )}
          >
            {!set && <ListFilter size={12} aria-hidden />}
            {label}
            {set && <b className="max-w-40 truncate font-medium text-ink">{words.join(', ')}</b>}
          </button>
        }
      >
        {options.length === 0 && <p className="text-ink-2">Nothing to choose from yet.</p>}
        {options.map((o) => (
          <Checkbox
            key={o.value}
            className="items-center coarse:min-h-11"
            checked={chosen.includes(o.value)}
            onCheckedChange={(on) => toggle(o.value, on)}
            label={
              <span className="flex items-center gap-2">
                {o.icon}
                {o.label}
              </span>
            }
          />
        ))}
      </Popover>
      {set && (
        <button
          type="button"
          aria-label={`Remove filter ${label}`}
          onClick={() => void setChosen(null)}
          className={cx(
            buttonStyles({ size: 'sm', icon: true }),
            'rounded-l-none border-l-0 border-accent-border bg-accent-soft text-ink-2',
          )}
        >
          <X size={12} aria-hidden />
        </button>
      )}
    </span>
  );
}
