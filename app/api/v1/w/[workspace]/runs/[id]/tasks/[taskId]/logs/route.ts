import { route } from '@/lib/http/route';
import { logPageSchema, logQuerySchema } from '@/lib/observability';
import { logText, readLogs } from '@/lib/observability/server';

export const GET = route({
  path: '/runs/{id}/tasks/{taskId}/logs',
  permission: 'run:read',
  summary: "A task's log: page by page, searched whole, or as text/plain",
  query: logQuerySchema,
  response: logPageSchema,
  produces: ['text/plain'],
  handle: async ({ ctx, params, query, request }) => {
    const subject = { runId: params.id!, taskId: params.taskId! };
    if (!request.headers.get('accept')?.includes('text/plain')) return readLogs(ctx, subject, query);
    const name = `${params.taskId!}.log`;
    return new Response(await logText(ctx, subject, query), {
      headers: { 'content-type': 'text/plain; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
    });
  },
});
