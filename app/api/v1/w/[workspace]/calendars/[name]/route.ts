import { named, route } from '@/lib/http/route';
import { calendarShape, putCalendarBody } from '@/lib/scheduler';
import { deleteCalendar, getCalendar, putCalendar } from '@/lib/scheduler/server';

export const GET = route({
  path: '/calendars/{name}',
  permission: 'calendar:read',
  summary: 'One calendar',
  response: calendarShape,
  handle: ({ ctx, params }) => getCalendar(ctx, params.name ?? ''),
});

export const PUT = route({
  path: '/calendars/{name}',
  permission: 'calendar:write',
  summary: 'Store or replace a calendar; schedules that name it go by it at once',
  body: putCalendarBody,
  response: calendarShape,
  handle: ({ ctx, params, body }) => putCalendar(ctx, named(params), body),
});

export const DELETE = route({
  path: '/calendars/{name}',
  permission: 'calendar:write',
  summary: 'Remove a calendar that no published schedule names',
  find: ({ ctx, params }) => getCalendar(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => deleteCalendar(ctx, found.name),
});
