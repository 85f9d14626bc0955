import { route } from '@/lib/http/route';
import { comparisonSchema } from '@/lib/runs';
import { compareWithSuccess } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/comparison',
  permission: 'run:read',
  summary: 'A run beside the last one before it that succeeded',
  response: comparisonSchema,
  handle: ({ ctx, params }) => compareWithSuccess(ctx, params.id!),
});
