'use client';

import { useRef, type ReactNode } from 'react';
import { useCommands } from '@/components/shell/commands';

/**
 * RowKeys lets j and k walk the rows inside it: every row has one link with `data-row-link`, and Enter opens the focused one.
 * `what` names the rows in the sheet of keys.
 */
export function RowKeys({
  what,
  children,
  className,
}: {
  what: string;
  children: ReactNode;
  className?: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const move = (step: 1 | -1) => {
    const links = [...(host.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])].filter(
      (link) => link.offsetParent !== null,
    );
    const at = links.findIndex((link) => link === document.activeElement);
    const next =
      at < 0 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
    links[next]?.focus();
    links[next]?.scrollIntoView({ block: 'nearest' });
  };
  useCommands('rows', [
    { id: 'row next', label: `Next ${what}`, group: 'This page', keys: 'j', run: () => move(1) },
    { id: 'row previous', label: `Previous ${what}`, group: 'This page', keys: 'k', run: () => move(-1) },
  ]);
  return (
    <div ref={host} className={className}>
      {children}
    </div>
  );
}
