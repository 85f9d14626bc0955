import { z } from 'zod';
import { route } from '@/lib/http/route';
import { restoreSchema } from '@/lib/pipeline';
import { getVersion, restoreVersion } from '@/lib/pipeline/server';

const params = z.object({ slug: z.string(), version: z.coerce.number().int().min(1) });

export const POST = route({
  path: '/pipelines/{slug}/versions/{version}/restore',
  permission: 'pipeline:write',
  summary: 'Make a version the draft again; nothing is published',
  params,
  find: ({ ctx, params: { slug, version } }) => getVersion(ctx, slug, version),
  body: restoreSchema,
  response: z.object({ revision: z.number().int() }),
  handle: ({ ctx, params: { slug, version }, body }) => restoreVersion(ctx, slug, version, body.baseRevision),
});
