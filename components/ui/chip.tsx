'use client';

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names';

const look =
  'inline-flex h-6 items-center gap-1.5 rounded-dense border border-line-2 bg-surface px-2 text-12 whitespace-nowrap text-ink-2 coarse:h-9';

/** Chip shows a filter in force ("State failed") with a way to take it off, or a small fact. */
export function Chip({
  name,
  children,
  onRemove,
  className,
}: {
  name?: ReactNode;
  children: ReactNode;
  onRemove?: () => void;
  className?: string;
}) {
  return (
    <span className={cx(look, onRemove !== undefined && 'pr-0.5', className)}>
      {name}
      <b className="font-medium text-ink">{children}</b>
      {onRemove !== undefined && (
        <button
          type="button"
          aria-label={`Remove filter ${typeof name === 'string' ? name : ''}`.trim()}
          onClick={onRemove}
          className="inline-flex size-5 items-center justify-center rounded-tile text-ink-3 hover:bg-hover hover:text-ink coarse:size-8"
        >
          <X size={12} aria-hidden />
        </button>
      )}
    </span>
  );
}

/** Tag is a quiet label: a version, a schedule, a pipeline's tag. */
export const Tag = ({ children, className }: { children: ReactNode; className?: string }) => (
  <span
    className={cx(
      'inline-flex h-5 items-center gap-1 rounded-tile border border-line-2 bg-sunken px-1.5 text-12 whitespace-nowrap text-ink-2',
      className,
    )}
  >
    {children}
  </span>
);

/** CountPill stands beside a heading and says how many. */
export const CountPill = ({ children }: { children: ReactNode }) => (
  <span className="num rounded-full border border-line bg-sunken px-1.5 text-12 leading-[18px] text-ink-2">
    {children}
  </span>
);
