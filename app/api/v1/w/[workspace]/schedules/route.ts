import { z } from 'zod';
import { route } from '@/lib/http/route';
import { listSchedulesQuery, scheduleShape } from '@/lib/scheduler';
import { listSchedules } from '@/lib/scheduler/server';

export const GET = route({
  path: '/schedules',
  permission: 'pipeline:read',
  summary: 'List schedules',
  query: listSchedulesQuery,
  response: z.object({ items: z.array(scheduleShape), nextCursor: z.null() }),
  handle: async ({ ctx, query }) => ({ ...(await listSchedules(ctx, query.pipeline ? { pipelines: [query.pipeline] } : {})), nextCursor: null }),
});
