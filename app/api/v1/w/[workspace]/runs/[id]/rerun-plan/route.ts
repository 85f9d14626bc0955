import { z } from 'zod';
import { route } from '@/lib/http/route';
import { rerunPlan } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/rerun-plan',
  permission: 'run:read',
  summary: 'What a rerun would run and what it would keep, and why',
  query: z.object({ from: z.enum(['start', 'failed']).default('failed'), version: z.coerce.number().int().min(1).optional() }),
  response: z.object({ items: z.array(z.object({ taskId: z.string(), action: z.enum(['run', 'reuse']), reason: z.string() })) }),
  handle: ({ ctx, params, query }) => rerunPlan(ctx, params.id!, query),
});
