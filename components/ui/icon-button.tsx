'use client';

import type { ReactNode } from 'react';
import { buttonStyles, type ButtonProps } from './button';
import { cx } from './class-names';
import { Tooltip } from './tooltip';

/** IconButton shows an icon alone; `label` names it for screen readers and as the tooltip, with the key that does the same. */
export function IconButton({
  label,
  keys,
  look = 'ghost',
  size,
  busy = false,
  className,
  children,
  type = 'button',
  disabled,
  ...props
}: Omit<ButtonProps, 'children'> & { label: string; keys?: string; children?: ReactNode }) {
  return (
    <Tooltip text={label} keys={keys}>
      <button
        type={type}
        aria-label={label}
        aria-busy={busy || undefined}
        disabled={disabled === true || busy}
        className={cx(buttonStyles({ look, size, icon: true }), className)}
        {...(props)}
      >
        {children}
      </button>
    </Tooltip>
  );
}
