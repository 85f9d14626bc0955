import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names';

const TONES = {
  info: { Icon: Info, look: 'border-accent-border bg-accent-soft', icon: 'text-accent-text' },
  warn: { Icon: TriangleAlert, look: 'border-warn-line bg-warn-fill', icon: 'text-warn' },
  error: { Icon: CircleAlert, look: 'border-failed-line bg-failed-fill', icon: 'text-failed' },
} as const;

/** Banner says something about the whole page: what happened, why, and the next step as a button. Errors are announced. */
export function Banner({
  tone = 'info',
  title,
  children,
  actions,
  className,
}: {
  tone?: keyof typeof TONES;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  const { Icon, look, icon } = TONES[tone];
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={cx('flex flex-wrap items-start gap-x-3 gap-y-2 rounded border px-4 py-2.5', look, className)}
    >
      <Icon size={16} aria-hidden className={cx('mt-0.5', icon)} />
      <div className="min-w-[min(100%,220px)] flex-1">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="text-ink-2">{children}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
