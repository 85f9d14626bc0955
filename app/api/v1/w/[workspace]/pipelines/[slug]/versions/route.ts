import { z } from 'zod';
import { route } from '@/lib/http/route';
import { versionListShape } from '@/lib/pipeline';
import { listVersions } from '@/lib/pipeline/server';

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).optional(),
  cursor: z.coerce.number().int().min(1).optional(),
});

export const GET = route({
  path: '/pipelines/{slug}/versions',
  permission: 'pipeline:read',
  summary: 'Versions of a pipeline, newest first',
  query,
  response: versionListShape,
  handle: ({ ctx, params, query: { limit, cursor } }) =>
    listVersions(ctx, params.slug!, {
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
    }),
});
