'use client';

import { AlertDialog as BaseAlert } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useRef, useState, type ReactElement, type ReactNode } from 'react';
import { Button, buttonStyles } from './button';
import { cx } from './class-names';
import { Input } from './input';

const backdrop =
  'fixed inset-0 z-40 bg-[oklch(0.2_0.02_250/0.35)] transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0';
// A sheet from below on a phone, a card in the upper middle on a desk.
const popup =
  'fixed z-40 flex max-h-[92dvh] flex-col border border-line bg-surface text-ink shadow-float outline-none transition-[opacity,transform] max-sm:inset-x-0 max-sm:bottom-0 max-sm:rounded-t-lg data-starting-style:opacity-0 data-ending-style:opacity-0 max-sm:data-starting-style:translate-y-4 sm:top-[12vh] sm:left-1/2 sm:max-h-[80vh] sm:w-[min(calc(100vw-48px),var(--dialog-width))] sm:-translate-x-1/2 sm:rounded-lg';

const WIDTH = { sm: '420px', md: '560px', lg: '760px' } as const;

// No tooltip: its Escape would close the tooltip and not the dialog.
const CloseButton = () => (
  <Base.Close aria-label="Close" className={cx(buttonStyles({ look: 'ghost', size: 'sm', icon: true }))}>
    <X size={16} aria-hidden />
  </Base.Close>
);

/** firstField puts the focus into the first thing to fill in, or on the dialog itself when there is nothing. */
const firstField = (popup: HTMLElement | null) =>
  popup?.querySelector<HTMLElement>('input:not([type=file]):not([aria-hidden]), textarea, [role=combobox]') ??
  popup;

/**
 * Dialog asks for something before going on. Open it by `trigger` or by `open` and `onOpenChange`. `footer` holds the buttons,
 * the likeliest last. Focus is trapped and returns; Escape closes.
 */
export function Dialog({
  title,
  description,
  trigger,
  open,
  onOpenChange,
  footer,
  width = 'md',
  children,
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  footer?: ReactNode;
  width?: keyof typeof WIDTH;
  children?: ReactNode;
  className?: string;
}) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange?.(o)}>
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup
          ref={body}
          initialFocus={() => firstField(body.current)}
          className={popup}
          style={{ '--dialog-width': WIDTH[width] } as React.CSSProperties}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              <Base.Title className="text-16 font-semibold">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="text-14 text-ink-2">{description}</Base.Description>
              )}
            </div>
            <CloseButton />
          </header>
          <div className={cx('flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-5 py-2', className)}>
            {children}
          </div>
          {footer !== undefined && (
            <footer className="flex flex-wrap items-center justify-end gap-2 px-5 pt-3 pb-4">{footer}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/**
 * ConfirmDialog asks before something that cannot be undone. `confirm` is the verb of the act; `typed` is the name a person
 * types to unlock it, for acts that destroy.
 */
export function ConfirmDialog({
  title,
  children,
  confirm,
  typed,
  trigger,
  open,
  onOpenChange,
  onConfirm,
  busy,
}: {
  title: string;
  children: ReactNode;
  confirm: string;
  typed?: string;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  onConfirm: () => void;
  busy?: boolean;
}) {
  const [text, setText] = useState('');
  const locked = typed !== undefined && text !== typed;
  return (
    <BaseAlert.Root
      open={open}
      onOpenChange={(o) => {
        setText('');
        onOpenChange?.(o);
      }}
    >
      {trigger !== undefined && <BaseAlert.Trigger render={trigger} />}
      <BaseAlert.Portal>
        <BaseAlert.Backdrop className={backdrop} />
        <BaseAlert.Popup className={popup} style={{ '--dialog-width': WIDTH.sm } as React.CSSProperties}>
          <div className="flex flex-col gap-2 px-5 pt-4 pb-2">
            <BaseAlert.Title className="text-16 font-semibold">{title}</BaseAlert.Title>
            <BaseAlert.Description className="text-14 text-ink-2" render={<div />}>
              {children}
            </BaseAlert.Description>
            {typed !== undefined && (
              <label className="mt-1 flex flex-col gap-1 text-12 text-ink-2">
                <span>
                  Type <b className="mono font-medium text-ink">{typed}</b> to go on
                </span>
                <Input
                  value={text}
                  onChange={(e) => setText(e.target.value)}
                  autoComplete="off"
                  spellCheck={false}
                />
              </label>
            )}
          </div>
          <footer className="flex flex-wrap justify-end gap-2 px-5 pt-3 pb-4">
            <BaseAlert.Close render={<Button>Cancel</Button>} />
            <BaseAlert.Close
              render={<Button look="danger" disabled={locked} busy={busy} onClick={onConfirm} />}
            >
              {confirm}
            </BaseAlert.Close>
          </footer>
        </BaseAlert.Popup>
      </BaseAlert.Portal>
    </BaseAlert.Root>
  );
}

/** Sheet is a panel from the side (from below on a phone): filters, navigation, a peek at a row. */
export function Sheet({
  title,
  trigger,
  open,
  onOpenChange,
  side = 'right',
  children,
  footer,
}: {
  title: string;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: 'left' | 'right' | 'bottom';
  children: ReactNode;
  footer?: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange?.(o)}>
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup
          className={cx(
            'fixed z-40 flex flex-col border-line bg-surface text-ink shadow-float transition-[opacity,transform] outline-none data-ending-style:opacity-0 data-starting-style:opacity-0',
            side === 'right' &&
              'inset-y-0 right-0 w-[min(440px,100vw)] border-l data-starting-style:translate-x-4',
            side === 'left' &&
              'inset-y-0 left-0 w-[min(288px,88vw)] border-r data-starting-style:-translate-x-4',
            side === 'bottom' &&
              'inset-x-0 bottom-0 max-h-[88dvh] rounded-t-lg border-t data-starting-style:translate-y-4',
          )}
        >
          <header className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line pr-3 pl-4">
            <Base.Title className="truncate text-14 font-semibold">{title}</Base.Title>
            <CloseButton />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
          {footer !== undefined && <footer className="flex gap-2 border-t border-line p-3">{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
