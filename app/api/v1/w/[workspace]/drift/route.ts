import { z } from 'zod';
import { monitoredSchema } from '@/lib/drift';
import { listMonitored } from '@/lib/drift/server';
import { route } from '@/lib/http/route';

export const GET = route({
  path: '/drift',
  permission: 'endpoint:read',
  summary: 'Endpoints with their worst drift now',
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(50), cursor: z.string().optional() }),
  response: z.object({ items: z.array(monitoredSchema), nextCursor: z.string().nullable() }),
  handle: ({ ctx, query }) => listMonitored(ctx, { limit: query.limit, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) }),
});
