'use client';

import { Field as Base } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { cx } from './class-names';

/**
 * Field ties label, control, hint and error together. `error` is a sentence: what was expected. With an error the control is
 * marked invalid and described by it.
 */
export function Field({
  label,
  hint,
  error,
  end,
  className,
  children,
  name,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  /** Stands at the right of the label. */
  end?: ReactNode;
  className?: string;
  children: ReactNode;
  name?: string;
}) {
  const bad = error !== undefined && error !== null && error !== '';
  return (
    <Base.Root invalid={bad} name={name} className={cx('flex min-w-0 flex-col gap-1', className)}>
      <span className="flex items-center justify-between gap-2">
        <Base.Label className="text-12 font-medium text-ink-2">{label}</Base.Label>
        {end !== undefined && <span className="text-12 text-ink-3">{end}</span>}
      </span>
      {children}
      {bad ? (
        <Base.Error match className="text-12 text-failed">
          {error}
        </Base.Error>
      ) : (
        hint !== undefined && <Base.Description className="text-12 text-ink-3">{hint}</Base.Description>
      )}
    </Base.Root>
  );
}
