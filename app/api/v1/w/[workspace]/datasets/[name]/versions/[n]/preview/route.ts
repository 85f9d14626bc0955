import { download } from '@/app/api/v1/download';
import { route } from '@/lib/http/route';
import { pageQuery, previewShape } from '@/lib/datasets';
import { exportVersion, previewVersion } from '@/lib/datasets/server';

export const GET = route({
  path: '/datasets/{name}/versions/{n}/preview',
  permission: 'dataset:read',
  summary: 'Rows of a version, by page; as CSV or Parquet the whole version',
  query: pageQuery,
  response: previewShape,
  produces: ['text/csv', 'application/vnd.apache.parquet'],
  handle: async ({ ctx, params, query }) => {
    const name = params.name!;
    const number = Number(params.n);
    if (query.format !== 'json') return download(await exportVersion(ctx, name, number, query.format), `${name}-${number}.${query.format}`);
    const sort = query.sort === undefined ? null : { column: query.sort, descending: query.order === 'desc' };
    return previewVersion(ctx, name, number, { limit: query.limit, offset: query.offset, sort });
  },
});
