import { route } from '@/lib/http/route';
import { previewBody, previewShape, timesAfter, timetable } from '@/lib/scheduler';

export const POST = route({
  path: '/schedule/preview',
  permission: 'pipeline:read',
  summary: 'When a schedule fires',
  body: previewBody,
  status: 200,
  response: previewShape,
  handle: ({ ctx, body: { after, count, ...times } }) =>
    Promise.resolve({ times: timesAfter(timetable(times), after ? new Date(after) : ctx.now, count) }),
});
