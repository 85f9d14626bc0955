'use client';

import { ArrowLeft, CircleHelp, Keyboard, Menu as MenuIcon, Search, FileCode2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useConnected } from '@/components/live';
import { buttonStyles } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { Sheet } from '@/components/ui/dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Kbd } from '@/components/ui/kbd';
import { Menu, MenuItem, MenuLink } from '@/components/ui/menu';
import { AccountMenu } from './account-menu';
import { Crumbs, useCrumbs } from './crumbs';
import { keyLabel } from './hotkeys';
import { NavList } from './rail';
import { RunningNow } from './running-now';
import { useMac } from './use-mac';
import { useWorkspace } from './workspace';
import { WorkspaceSwitcher } from './workspace-switcher';
import { ZoneMenu } from './zone-menu';

type Props = { onSearch: () => void; onShortcuts: () => void; counts: Record<string, number | undefined> };

/** TopBar says where we are and holds search, zone, what runs now, help and the account. */
export function TopBar(props: Props) {
  return (
    <header className="shrink-0 border-b border-line bg-surface">
      <DeskBar {...props} />
      <PhoneBar {...props} />
    </header>
  );
}

function Offline() {
  const connected = useConnected();
  if (connected) return null;
  return (
    <span role="status" className="rounded-dense bg-warn-fill px-2 py-1 text-12 whitespace-nowrap text-warn">
      Connecting again
    </span>
  );
}

function DeskBar({ onSearch, onShortcuts }: Props) {
  const mac = useMac();
  return (
    <div className="hidden h-12 items-center gap-2 pr-4 pl-6 md:flex">
      <Crumbs />
      <button
        type="button"
        onClick={onSearch}
        className="mx-auto flex h-8 w-[304px] min-w-36 items-center gap-2 rounded border border-line-2 bg-surface pr-2 pl-2.5 text-ink-3 hover:border-line-strong"
      >
        <Search size={16} aria-hidden />
        <span className="truncate">Search or run a command</span>
        <Kbd className="ml-auto whitespace-nowrap">{keyLabel('mod+k', mac)}</Kbd>
      </button>
      <Offline />
      <ZoneMenu />
      <RunningNow />
      <Menu
        trigger={
          <button type="button" aria-label="Help" className={cx(buttonStyles({ look: 'ghost', icon: true }))}>
            <CircleHelp size={16} aria-hidden />
          </button>
        }
      >
        <MenuItem icon={<Keyboard size={16} aria-hidden />} keys="?" onClick={onShortcuts}>
          Keys on this page
        </MenuItem>
        <MenuLink icon={<FileCode2 size={16} aria-hidden />} href="/api/docs">
          API
        </MenuLink>
      </Menu>
      <AccountMenu />
    </div>
  );
}

function PhoneBar({ onSearch, counts }: Props) {
  const router = useRouter();
  const { href, name } = useWorkspace();
  const [open, setOpen] = useState(false);
  const crumbs = useCrumbs();
  const here = crumbs.at(-1);
  const above = crumbs.length > 1 ? crumbs.at(-2) : undefined;
  const up = above?.path ?? (here?.path === '' ? null : '');
  return (
    <div className="flex h-14 items-center gap-1 px-1 md:hidden">
      {up === null ? (
        <span className="w-3" />
      ) : (
        <IconButton label="Back" className="size-11" onClick={() => router.push(href(up))}>
          <ArrowLeft size={16} aria-hidden />
        </IconButton>
      )}
      <div className="min-w-0 flex-1">
        <p className="truncate font-semibold">{here?.label}</p>
        <p className="truncate text-12 text-ink-3">{above?.label ?? name}</p>
      </div>
      <Offline />
      <IconButton label="Search" className="size-11" onClick={onSearch}>
        <Search size={18} aria-hidden />
      </IconButton>
      <Sheet
        title={name}
        side="left"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button
            type="button"
            aria-label="Menu"
            className={cx(buttonStyles({ look: 'ghost', icon: true }), 'size-11')}
          >
            <MenuIcon size={18} aria-hidden />
          </button>
        }
        footer={
          <>
            <ZoneMenu />
            <span className="ml-auto" />
            <AccountMenu />
          </>
        }
      >
        <div className="flex h-full flex-col p-2">
          <WorkspaceSwitcher />
          <NavList counts={counts} onGo={() => setOpen(false)} />
        </div>
      </Sheet>
    </div>
  );
}
