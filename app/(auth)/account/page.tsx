import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { AccountPanels } from '@/components/access/account-panels';
import { ZONE_COOKIE, zoneOf } from '@/components/time/zone-cookie';
import { pageIdentity } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { listSessions } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Account' };

/** AccountPage is a person's own: password, where they are signed in, theme and zone. */
export default async function AccountPage() {
  const who = await pageIdentity();
  const zone = zoneOf((await cookies()).get(ZONE_COOKIE)?.value);
  return (
    <AccountPanels
      email={who.person?.email ?? ''}
      name={who.person?.name ?? ''}
      hasPassword={who.person?.hasPassword ?? false}
      sessions={plain(await listSessions(who))}
      zone={zone}
    />
  );
}
