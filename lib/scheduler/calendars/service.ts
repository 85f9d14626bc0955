import { conflict, notFound } from '@/lib/core/errors';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { type CalendarView, type PutCalendar } from './schema';
import * as store from './store';

/** listCalendars lists the workspace's calendars by name. */
export async function listCalendars(ctx: Context): Promise<CalendarView[]> {
  authorize(ctx, 'calendar:read');
  return store.calendarRows(ctx.workspaceId, null);
}

/** getCalendar gives one calendar. @throws AppError not_found */
export async function getCalendar(ctx: Context, name: string): Promise<CalendarView> {
  authorize(ctx, 'calendar:read');
  const [row] = await store.calendarRows(ctx.workspaceId, name);
  if (!row) throw notFound('calendar', name);
  return row;
}

/** putCalendar stores or replaces a calendar; schedules that name it go by it at once. */
export async function putCalendar(ctx: Context, name: string, given: PutCalendar): Promise<CalendarView> {
  authorize(ctx, 'calendar:write');
  const dates = [...new Set(given.dates)].sort();
  await inTransaction(async (tx) => {
    const [before] = await store.calendarRows(ctx.workspaceId, name, tx);
    await store.saveCalendar(tx, ctx.workspaceId, { name, dates, updatedBy: ctx.actor.name, now: ctx.now });
    await audit(tx, ctx, { verb: before ? 'calendar.update' : 'calendar.create', target: 'calendar', targetId: name, before: before ? { dates: before.dates } : null, after: { dates } });
  });
  notify({ topic: 'pipeline', workspaceId: ctx.workspaceId });
  return getCalendar(ctx, name);
}

/** deleteCalendar removes a calendar that no published schedule names. @throws AppError not_found, conflict naming the pipelines */
export async function deleteCalendar(ctx: Context, name: string): Promise<void> {
  await getCalendar(ctx, name);
  authorize(ctx, 'calendar:write');
  await inTransaction(async (tx) => {
    const [before] = await store.calendarRows(ctx.workspaceId, name, tx);
    if (!before) throw notFound('calendar', name);
    if (before.usedBy.length > 0) {
      throw conflict(`Calendar "${name}" is named by schedules of ${before.usedBy.join(', ')}. Publish a version without it there, then remove it.`, { usedBy: before.usedBy });
    }
    await store.removeCalendar(tx, ctx.workspaceId, name);
    await audit(tx, ctx, { verb: 'calendar.delete', target: 'calendar', targetId: name, before: { dates: before.dates } });
  });
}
