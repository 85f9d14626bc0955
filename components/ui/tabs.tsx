'use client';

import { Tabs as Base } from '@base-ui/react/tabs';
import Link from 'next/link';
import { useEffect, useRef, type ReactNode } from 'react';
import { cx } from './class-names';

type Tab = { value: string; label: ReactNode; count?: number | string };

const list = 'flex h-9 shrink-0 gap-5 overflow-x-auto border-b border-line [scrollbar-width:none]';
const tab =
  '-mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent font-medium whitespace-nowrap text-ink-2 hover:text-ink focus-visible:outline-offset-[-2px] coarse:h-11';
const on = 'border-accent text-ink';

const Count = ({ children }: { children: ReactNode }) => (
  <span className="num text-12 font-normal text-ink-3">{children}</span>
);

/** Tabs switch what one panel shows. Give one TabPanel per tab as children. */
export function Tabs({
  tabs,
  value,
  onChange,
  children,
  className,
  listClassName,
  end,
}: {
  tabs: readonly Tab[];
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
  className?: string;
  listClassName?: string;
  /** Stands at the right of the tabs. */
  end?: ReactNode;
}) {
  return (
    <Base.Root
      value={value}
      onValueChange={(v: string) => onChange(v)}
      className={cx('flex min-h-0 flex-col', className)}
    >
      <div className={cx(list, 'items-center', listClassName)}>
        <Base.List className="flex gap-5">
          {tabs.map((t) => (
            <Base.Tab
              key={t.value}
              value={t.value}
              className={cx(tab, 'data-active:border-accent data-active:text-ink')}
            >
              {t.label}
              {t.count !== undefined && <Count>{t.count}</Count>}
            </Base.Tab>
          ))}
        </Base.List>
        {end !== undefined && <span className="ml-auto flex items-center gap-2">{end}</span>}
      </div>
      {children}
    </Base.Root>
  );
}

/** TabPanel holds what its tab shows. */
export const TabPanel = ({
  value,
  children,
  className,
}: {
  value: string;
  children: ReactNode;
  className?: string;
}) => (
  <Base.Panel value={value} className={cx('min-h-0 flex-1 outline-none', className)}>
    {children}
  </Base.Panel>
);

/** TabLinks are tabs that are pages of their own; `current` is the value of the open one. */
export function TabLinks({
  tabs,
  current,
  label,
  className,
}: {
  tabs: readonly (Tab & { href: string })[];
  current: string;
  label: string;
  className?: string;
}) {
  const open = useRef<HTMLAnchorElement>(null);
  // braces, because some browsers answer with a promise, which would be taken for a clean-up
  useEffect(() => {
    void open.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <nav aria-label={label} className={cx(list, 'px-4 sm:px-6', className)}>
      {tabs.map((t) => (
        <Link
          key={t.value}
          ref={t.value === current ? open : undefined}
          href={t.href}
          aria-current={t.value === current ? 'page' : undefined}
          className={cx(tab, t.value === current && on)}
        >
          {t.label}
          {t.count !== undefined && <Count>{t.count}</Count>}
        </Link>
      ))}
    </nav>
  );
}
