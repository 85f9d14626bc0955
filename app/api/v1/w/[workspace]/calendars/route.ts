import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { calendarShape } from '@/lib/scheduler';
import { listCalendars } from '@/lib/scheduler/server';

export const GET = route({
  path: '/calendars',
  permission: 'calendar:read',
  summary: 'Calendars of days on which schedules do not fire',
  query: pageQuery,
  response: listOf(calendarShape),
  handle: async ({ ctx, query }) => pageOf(await listCalendars(ctx), query, (calendar) => calendar.name),
});
