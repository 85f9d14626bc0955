import type { ReactNode } from 'react';
import { cx } from './class-names';

/**
 * PageHead opens a page: title, chips beside it, the page's sentence under it, buttons at the right (the likeliest last).
 * On a phone the buttons go under the sentence.
 */
export function PageHead({
  title,
  badges,
  sentence,
  actions,
  className,
}: {
  title: ReactNode;
  badges?: ReactNode;
  sentence?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx('flex flex-wrap items-start gap-x-4 gap-y-3 px-4 pt-4 pb-3 sm:px-6', className)}>
      <div className="flex min-w-[min(100%,280px)] flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="min-w-0 break-words">{title}</h1>
          {badges}
        </div>
        {sentence !== undefined && <div className="max-w-[90ch] text-ink-2">{sentence}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2 sm:gap-3">{actions}</div>}
    </div>
  );
}

/** PageBody holds a page's panels with the page's padding. */
export const PageBody = ({ children, className }: { children: ReactNode; className?: string }) => (
  <div className={cx('flex flex-col gap-3 px-4 pb-6 sm:px-6', className)}>{children}</div>
);
