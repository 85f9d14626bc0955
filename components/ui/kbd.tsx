import type { ReactNode } from 'react';
import { cx } from './class-names';

/** Kbd shows a key or a chord. */
export const Kbd = ({ children, className }: { children: ReactNode; className?: string }) => (
  <kbd
    className={cx(
      'inline-block h-[18px] min-w-5 rounded-tile border border-line-2 bg-surface px-1 text-center font-sans text-12 leading-4 font-medium text-ink-3',
      className,
    )}
  >
    {children}
  </kbd>
);
