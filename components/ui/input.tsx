'use client';

import { Field } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names';

const box =
  'w-full rounded border border-line-strong bg-surface text-14 text-ink placeholder:text-ink-3 focus-visible:border-focus focus-visible:outline focus-visible:outline-1 focus-visible:outline-offset-0 focus-visible:outline-focus disabled:border-line-2 disabled:bg-sunken disabled:text-ink-3 data-invalid:border-failed-line aria-invalid:border-failed-line coarse:text-16';

export type InputProps = Omit<ComponentProps<'input'>, 'size'> & {
  size?: 'md' | 'sm';
  /** Stands inside at the left: an icon. */
  start?: ReactNode;
  /** Stands inside at the right: a unit, a key, a button. */
  end?: ReactNode;
};

/** Input is one line of text; inside a Field it takes label, hint and error from there. */
export function Input({ size = 'md', start, end, className, ...props }: InputProps) {
  const control = (
    <Field.Control
      className={cx(
        box,
        size === 'md' ? 'h-8 px-2.5 coarse:h-11' : 'h-6 rounded-dense px-2 text-12 coarse:h-9',
        start !== undefined && 'pl-8',
        end !== undefined && 'pr-10',
        className,
      )}
      {...(props)}
    />
  );
  if (start === undefined && end === undefined) return control;
  return (
    <span className="relative flex min-w-0 flex-1 items-center">
      {start !== undefined && (
        <span className="pointer-events-none absolute left-2.5 text-ink-3">{start}</span>
      )}
      {control}
      {end !== undefined && (
        <span className="absolute right-1.5 flex items-center text-12 text-ink-3">{end}</span>
      )}
    </span>
  );
}

/** Textarea is some lines of prose. Code goes into CodeEditor. */
export function Textarea({ className, rows = 3, ...props }: ComponentProps<'textarea'>) {
  return (
    <Field.Control
      render={<textarea rows={rows} {...props} />}
      className={cx(box, 'min-h-16 resize-y px-2.5 py-1.5', className)}
    />
  );
}
