'use client';

import { cva, type VariantProps } from 'class-variance-authority';
import Link from 'next/link';
import type { ComponentProps } from 'react';
import { cx } from './class-names';

/** buttonStyles is the look of every button and of links that act like one. */
export const buttonStyles = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 border font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none aria-disabled:cursor-default',
  {
    variants: {
      look: {
        default:
          'border-line-2 bg-surface text-ink hover:bg-hover disabled:text-ink-3 aria-disabled:text-ink-3 [&>svg]:text-ink-2',
        primary:
          'border-accent bg-accent text-accent-on hover:border-accent-hover hover:bg-accent-hover disabled:opacity-55 aria-disabled:opacity-55',
        ghost: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink disabled:text-ink-3',
        danger: 'border-failed-line bg-surface text-failed hover:bg-failed-fill disabled:opacity-55',
      },
      size: {
        md: 'h-8 rounded px-3 text-14 coarse:h-11',
        sm: 'h-6 rounded-dense px-2 text-12 coarse:h-9',
      },
      icon: { true: 'px-0', false: '' },
    },
    compoundVariants: [
      { icon: true, size: 'md', class: 'w-8 coarse:w-11' },
      { icon: true, size: 'sm', class: 'w-6 coarse:w-9' },
    ],
    defaultVariants: { look: 'default', size: 'md', icon: false },
  },
);

type Looks = Omit<VariantProps<typeof buttonStyles>, 'icon'>;

export type ButtonProps = ComponentProps<'button'> & Looks & { busy?: boolean };

/**
 * Button is a verb. `look="primary"` at most once a page. `busy` keeps its width, blocks a second press and says so to
 * screen readers.
 */
export function Button({
  look,
  size,
  busy = false,
  className,
  type = 'button',
  disabled,
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cx(buttonStyles({ look, size }), busy && 'cursor-progress', className)}
      {...props}
    />
  );
}

/** ButtonLink goes somewhere but looks like a button. */
export function ButtonLink({ look, size, className, ...props }: ComponentProps<typeof Link> & Looks) {
  return <Link className={cx(buttonStyles({ look, size }), className)} {...props} />;
}
