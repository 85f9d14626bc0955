'use client';

import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names';

/** Popover shows a small form or explanation beside its trigger. */
export function Popover({
  trigger,
  title,
  children,
  align = 'start',
  side = 'bottom',
  open,
  onOpenChange,
  className,
}: {
  trigger: ReactElement;
  title?: string;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom' | 'left' | 'right';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}) {
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange?.(o)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50">
          <Base.Popup
            className={cx(
              'float flex max-w-[min(360px,calc(100vw-16px))] min-w-56 flex-col gap-3 p-3',
              className,
            )}
          >
            {title !== undefined && <Base.Title className="text-14 font-semibold">{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
