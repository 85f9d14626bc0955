import { z } from 'zod';
import { route } from '@/lib/http/route';
import { backfillRowShape, listBackfillsQuery } from '@/lib/scheduler';
import { listBackfills } from '@/lib/scheduler/server';

export const GET = route({
  path: '/backfills',
  permission: 'run:read',
  summary: 'List backfills',
  query: listBackfillsQuery,
  response: z.object({ items: z.array(backfillRowShape), nextCursor: z.string().nullable() }),
  handle: ({ ctx, query }) => listBackfills(ctx, query),
});
