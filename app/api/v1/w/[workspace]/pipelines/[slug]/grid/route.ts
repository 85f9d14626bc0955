import { route } from '@/lib/http/route';
import { gridQuery, gridSchema } from '@/lib/runs';
import { runGrid } from '@/lib/runs/server';

export const GET = route({
  path: '/pipelines/{slug}/grid',
  permission: 'run:read',
  summary: 'The last runs of a pipeline by what became of each task',
  query: gridQuery,
  response: gridSchema,
  handle: ({ ctx, params, query }) => runGrid(ctx, params.slug!, query),
});
