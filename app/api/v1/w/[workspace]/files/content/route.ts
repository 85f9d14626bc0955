import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { download } from '@/app/api/v1/download';
import { route } from '@/lib/http/route';
import { uploadQuery } from '@/lib/datasets';
import { openFile } from '@/lib/datasets/server';

export const GET = route({
  path: '/files/content',
  permission: 'file:read',
  summary: 'The bytes of a file',
  query: uploadQuery,
  produces: ['application/octet-stream'],
  handle: async ({ ctx, query }) => {
    const { file, local } = await openFile(ctx, query.path);
    return download({ stream: Readable.from(createReadStream(local)), bytes: file.bytes, type: 'application/octet-stream' }, file.path.split('/').at(-1) ?? 'file');
  },
});
