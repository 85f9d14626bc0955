import { route } from '@/lib/http/route';
import { previewBody, previewShape, timesAfter, timetable } from '@/lib/scheduler';
import { getCalendar } from '@/lib/scheduler/server';

export const POST = route({
  path: '/schedule/preview',
  permission: 'pipeline:read',
  summary: 'When a schedule fires',
  body: previewBody,
  status: 200,
  response: previewShape,
  handle: async ({ ctx, body: { after, count, calendar, ...times } }) => {
    const excluded = calendar === undefined ? undefined : new Set((await getCalendar(ctx, calendar)).dates);
    return { times: timesAfter(timetable(times, excluded), after ? new Date(after) : ctx.now, count) };
  },
});
