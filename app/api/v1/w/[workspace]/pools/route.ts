import { z } from 'zod';
import { route } from '@/lib/http/route';
import { poolSchema } from '@/lib/dispatch';
import { listPools } from '@/lib/dispatch/server';

export const GET = route({
  path: '/pools',
  permission: 'pool:read',
  summary: 'Pools with what of each is taken',
  response: z.object({ items: z.array(poolSchema), nextCursor: z.null() }),
  handle: async ({ ctx }) => ({ items: await listPools(ctx), nextCursor: null }),
});
