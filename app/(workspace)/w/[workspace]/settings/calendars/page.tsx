import type { Metadata } from 'next';
import { CalendarsPanel } from '@/components/settings/calendars';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { listCalendars } from '@/lib/scheduler/server';
import { may } from '@/lib/tenancy';

export const metadata: Metadata = { title: 'Calendars' };

/** CalendarsPage shows the days on which schedules do not fire. */
export default async function CalendarsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  return <CalendarsPanel workspace={ctx.workspace.slug} calendars={plain(await listCalendars(ctx))} mayWrite={may(ctx.role, 'calendar:write')} today={ctx.now.toISOString().slice(0, 10)} />;
}
