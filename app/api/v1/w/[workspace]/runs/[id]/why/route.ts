import { z } from 'zod';
import { route } from '@/lib/http/route';
import { reasonSchema } from '@/lib/runs';
import { whyWaiting } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/why',
  permission: 'run:read',
  summary: 'Why each waiting task waits',
  response: z.object({ items: z.array(z.object({ taskId: z.string(), mapIndex: z.number().int().nullable(), state: z.string(), reason: reasonSchema })) }),
  handle: ({ ctx, params }) => whyWaiting(ctx, params.id!),
});
