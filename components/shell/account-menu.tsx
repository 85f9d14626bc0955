'use client';

import { LogOut, UserRound } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { useTheme } from 'next-themes';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLink, MenuSeparator } from '@/components/ui/menu';
import { useWorkspace } from './workspace';

const initials = (name: string) =>
  name
    .split(/[\s@._-]+/)
    .filter((w) => w !== '')
    .slice(0, 2)
    .map((w) => w[0]?.toUpperCase())
    .join('');

const THEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'system', label: 'As the system' },
] as const;

/** AccountMenu says who is signed in and holds account, theme and the way out. */
export function AccountMenu() {
  const { person, role, isOwner } = useWorkspace();
  const { theme = 'system', setTheme } = useTheme();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Account of ${person.name}`}
          className="flex size-8 items-center justify-center rounded-full coarse:size-11"
        >
          <span className="flex size-6 items-center justify-center rounded-full border border-line-2 bg-accent-soft text-12 font-semibold text-accent-text">
            {initials(person.name)}
          </span>
        </button>
      }
    >
      <MenuLabel>
        <span className="block text-14 font-medium text-ink">{person.name}</span>
        {person.email !== null && person.email !== person.name && (
          <span className="block">{person.email}</span>
        )}
        <span className="block">{isOwner ? 'owner of the organization' : `${role} in this workspace`}</span>
      </MenuLabel>
      <MenuSeparator />
      <MenuLink href="/account" icon={<UserRound size={16} aria-hidden />}>
        Account
      </MenuLink>
      <MenuSeparator />
      <MenuChoice label="Theme" value={theme} onChange={setTheme} options={THEMES} />
      <MenuSeparator />
      <MenuItem
        icon={<LogOut size={16} aria-hidden />}
        onClick={() => void signOut({ callbackUrl: '/sign-in' })}
      >
        Sign out
      </MenuItem>
    </Menu>
  );
}
