import { z } from 'zod';
import { route } from '@/lib/http/route';
import { diffShape } from '@/lib/pipeline';
import { diffVersions } from '@/lib/pipeline/server';

const side = z.union([z.literal('draft'), z.coerce.number().int().min(1)]);
const params = z.object({ slug: z.string(), version: side, other: side });

export const GET = route({
  path: '/pipelines/{slug}/versions/{version}/diff/{other}',
  permission: 'pipeline:read',
  summary: 'What changed from one version to another; either may be `draft`',
  params,
  response: diffShape,
  handle: ({ ctx, params: { slug, version, other } }) => diffVersions(ctx, slug, version, other),
});
