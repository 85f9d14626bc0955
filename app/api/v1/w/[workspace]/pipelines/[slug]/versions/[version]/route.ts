import { z } from 'zod';
import { route } from '@/lib/http/route';
import { specToYaml, versionShape } from '@/lib/pipeline';
import { getVersion } from '@/lib/pipeline/server';

const params = z.object({ slug: z.string(), version: z.coerce.number().int().min(1) });
const query = z.strictObject({ format: z.enum(['json', 'yaml']).optional() });

export const GET = route({
  path: '/pipelines/{slug}/versions/{version}',
  permission: 'pipeline:read',
  summary: 'A version with its spec; with format=yaml the spec alone as YAML',
  params,
  query,
  response: versionShape,
  produces: ['application/yaml'],
  handle: async ({ ctx, params: { slug, version }, query: { format } }) => {
    const found = await getVersion(ctx, slug, version);
    if (format !== 'yaml') return found;
    return new Response(specToYaml(found.spec), {
      headers: {
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': `attachment; filename="${slug}-v${version}.yaml"`,
        'cache-control': 'no-store',
      },
    });
  },
});
