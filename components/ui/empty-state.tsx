import type { ReactNode } from 'react';
import { cx } from './class-names';

/** EmptyState teaches: what would stand here, how it gets here, and a button that does it. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
  className,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx('flex flex-col items-center gap-2 px-6 py-12 text-center', className)}>
      {icon !== undefined && (
        <span className="mb-1 flex size-10 items-center justify-center rounded border border-line bg-sunken text-ink-3">
          {icon}
        </span>
      )}
      <p className="text-16 font-semibold">{title}</p>
      {children !== undefined && <div className="max-w-[60ch] text-ink-2">{children}</div>}
      {actions !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** Skeleton holds the place of what is loading. Decorative: the region around it says `aria-busy`. */
export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={cx('skeleton block h-4 w-full', className)} />
);

/** SkeletonRows holds the place of a table of `rows` lines. */
export const SkeletonRows = ({ rows = 6, label = 'Loading' }: { rows?: number; label?: string }) => (
  <div role="status" aria-busy aria-label={label} className="flex flex-col">
    {Array.from({ length: rows }, (_, i) => (
      <div key={i} className="flex h-9 items-center gap-6 border-b border-line px-4 last:border-0">
        <Skeleton className="h-3 w-2/5" />
        <Skeleton className="h-3 w-1/5" />
        <Skeleton className="ml-auto h-3 w-16" />
      </div>
    ))}
  </div>
);
