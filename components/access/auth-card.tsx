import type { ReactNode } from 'react';
import { cx } from '@/components/ui/class-names';

/** AuthCard holds one question of a page outside the workspaces: title, sentence, form. */
export const AuthCard = ({
  title,
  sentence,
  wide = false,
  children,
}: {
  title: string;
  sentence?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) => (
  <div className={cx('flex w-full flex-col gap-5', wide ? 'max-w-[640px]' : 'max-w-[380px]')}>
    <div className="flex flex-col gap-1">
      <h1>{title}</h1>
      {sentence !== undefined && <p className="text-ink-2">{sentence}</p>}
    </div>
    {children}
  </div>
);
