import { z } from 'zod';
import { download } from '@/app/api/v1/download';
import { route } from '@/lib/http/route';
import { pageQuery, previewShape, profileShape } from '@/lib/datasets';
import { exportOutput, previewOutput } from '@/lib/runs/server';

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}/output',
  permission: 'run:read',
  summary: 'Rows of the table that a task gave, by page; as CSV or Parquet the whole table',
  query: pageQuery.extend({
    profile: z.enum(['0', '1']).default('0').describe('1 adds per column: nulls, least and greatest, histogram or frequent values'),
    mapIndex: z.coerce.number().int().optional(),
  }),
  response: previewShape.extend({ profile: profileShape.optional() }),
  produces: ['text/csv', 'application/vnd.apache.parquet'],
  handle: async ({ ctx, params, query }) => {
    const { limit, offset, format, mapIndex } = query;
    const [run, task] = [params.id!, params.taskId!];
    if (format !== 'json') return download(await exportOutput(ctx, run, task, format, mapIndex), `${task}.${format}`);
    const sort = query.sort === undefined ? null : { column: query.sort, descending: query.order === 'desc' };
    return previewOutput(ctx, run, task, { limit, offset, sort, profile: query.profile === '1', mapIndex });
  },
});
