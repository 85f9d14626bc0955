import { route } from '@/lib/http/route';
import { timelineSchema } from '@/lib/runs';
import { runTimeline } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/timeline',
  permission: 'run:read',
  summary: 'When every task of a run waited and worked, attempt by attempt, and the critical path',
  response: timelineSchema,
  handle: ({ ctx, params }) => runTimeline(ctx, params.id!),
});
