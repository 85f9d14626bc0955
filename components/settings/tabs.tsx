'use client';

import { usePathname } from 'next/navigation';
import { TabLinks } from '@/components/ui/tabs';
import { may, type Permission, type Role } from '@/lib/tenancy';

const PAGES: readonly { value: string; label: string; needs: Permission }[] = [
  { value: 'members', label: 'Members', needs: 'member:read' },
  { value: 'tokens', label: 'API tokens', needs: 'token:read' },
  { value: 'secrets', label: 'Secrets', needs: 'secret:read' },
  { value: 'connections', label: 'Connections', needs: 'connection:read' },
  { value: 'variables', label: 'Variables', needs: 'variable:read' },
  { value: 'calendars', label: 'Calendars', needs: 'calendar:read' },
  { value: 'channels', label: 'Channels', needs: 'channel:read' },
];

/** SettingsTabs leads through the settings pages that a role may open. */
export function SettingsTabs({ workspace, role }: { workspace: string; role: Role }) {
  const current = usePathname().split('/')[4] ?? 'members';
  const tabs = PAGES.filter((page) => may(role, page.needs)).map(({ value, label }) => ({
    value,
    label,
    href: `/w/${workspace}/settings/${value}`,
  }));
  return <TabLinks label="Settings" tabs={tabs} current={current} />;
}
