import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names';

/** Panel is a framed part of a page. */
export const Panel = ({ className, ...props }: ComponentProps<'section'>) => (
  <section
    className={cx('min-w-0 overflow-hidden rounded border border-line bg-surface', className)}
    {...props}
  />
);

/** PanelHead is a panel's title line: title, a quiet remark, and controls at the right. */
export function PanelHead({
  title,
  remark,
  count,
  children,
  className,
}: {
  title: ReactNode;
  remark?: ReactNode;
  count?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <header
      className={cx(
        'flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-4 py-1',
        className,
      )}
    >
      <h2 className="truncate">{title}</h2>
      {count}
      {remark !== undefined && <span className="truncate text-12 text-ink-3 max-sm:order-last max-sm:w-full">{remark}</span>}
      {children !== undefined && <div className="ml-auto flex items-center gap-2">{children}</div>}
    </header>
  );
}
