'use client';

import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cx } from '@/components/ui/class-names';
import { IconButton } from '@/components/ui/icon-button';
import { Tooltip } from '@/components/ui/tooltip';
import { isCurrent, NAV, type NavItem } from './nav';
import { useWorkspace } from './workspace';
import { WorkspaceSwitcher } from './workspace-switcher';

function Item({
  item,
  folded,
  count,
  onGo,
}: {
  item: NavItem;
  folded: boolean;
  count?: number;
  onGo?: () => void;
}) {
  const { href, slug } = useWorkspace();
  const on = isCurrent(item, usePathname().slice(`/w/${slug}`.length));
  const link = (
    <Link
      href={href(item.path)}
      aria-current={on ? 'page' : undefined}
      aria-label={folded ? item.label : undefined}
      onClick={onGo}
      className={cx(
        'flex items-center gap-2 rounded-dense text-ink-2 hover:bg-hover',
        folded ? 'size-8 justify-center' : 'h-7 px-2 coarse:h-11',
        on && 'bg-selected font-medium text-ink hover:bg-selected',
      )}
    >
      <item.Icon
        size={16}
        strokeWidth={1.75}
        aria-hidden
        className={on ? 'text-accent-text' : 'text-ink-3'}
      />
      {!folded && item.label}
      {!folded && count !== undefined && count > 0 && (
        <span className="num ml-auto text-12 text-ink-3">{count}</span>
      )}
    </Link>
  );
  return (
    <li>
      {folded ? (
        <Tooltip text={item.label} side="right">
          {link}
        </Tooltip>
      ) : (
        link
      )}
    </li>
  );
}

/** NavList is the list of pages this role may open; `counts` puts a number behind a page. */
export function NavList({
  folded = false,
  counts = {},
  onGo,
}: {
  folded?: boolean;
  counts?: Record<string, number | undefined>;
  onGo?: () => void;
}) {
  const { can } = useWorkspace();
  const groups = NAV.map((g) => ({ ...g, items: g.items.filter((i) => can(i.needs)) })).filter(
    (g) => g.items.length > 0,
  );
  return (
    <div className={cx('flex min-h-0 flex-1 flex-col overflow-y-auto', folded && 'items-center')}>
      {groups.map((group, i) => (
        <div
          key={group.items[0]?.path}
          className={cx(i === groups.length - 1 && i > 0 && 'mt-auto border-t border-line pt-2')}
        >
          {group.label !== null &&
            (folded ? (
              <hr className="mx-auto my-1.5 w-6 border-line" />
            ) : (
              <p className="px-2 pt-3 pb-1 text-12 font-medium text-ink-3">{group.label}</p>
            ))}
          <ul className="flex flex-col gap-px">
            {group.items.map((item) => (
              <Item key={item.path} item={item} folded={folded} count={counts[item.path]} onGo={onGo} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

/** Rail is the navigation at the left, folded to icons when the person or the page wants room. */
export function Rail({
  folded,
  onFold,
  counts,
}: {
  folded: boolean;
  onFold: (folded: boolean) => void;
  counts: Record<string, number | undefined>;
}) {
  const label = folded ? 'Show the names' : 'Fold to icons';
  return (
    <nav
      aria-label="Main"
      className={cx(
        'hidden h-dvh flex-col border-r border-line bg-sunken p-2 md:flex',
        folded ? 'w-12 items-center' : 'w-[216px]',
      )}
    >
      <WorkspaceSwitcher folded={folded} />
      <NavList folded={folded} counts={counts} />
      <IconButton
        label={label}
        keys="["
        size="sm"
        className="mt-1 shrink-0 self-start"
        onClick={() => onFold(!folded)}
      >
        {folded ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
      </IconButton>
    </nav>
  );
}
