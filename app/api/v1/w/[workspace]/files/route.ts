import { Readable } from 'node:stream';
import { type ReadableStream } from 'node:stream/web';
import { invalid } from '@/lib/core/errors';
import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { filesQuery, fileShape, uploadQuery } from '@/lib/datasets';
import { deleteFile, listFiles, tooLarge, uploadFile, UPLOAD_BYTES } from '@/lib/datasets/server';
import { refuseWhenDiskFull } from '@/lib/runs/server';

export const GET = route({
  path: '/files',
  permission: 'file:read',
  summary: 'Files of the workspace, by path',
  query: filesQuery,
  response: listOf(fileShape),
  handle: ({ ctx, query }) => listFiles(ctx, { limit: query.limit, ...(query.cursor === undefined ? {} : { cursor: query.cursor }), ...(query.prefix === undefined ? {} : { prefix: query.prefix }) }),
});

export const POST = route({
  path: '/files',
  permission: 'file:write',
  summary: 'Upload a file; one of the same path is replaced',
  description: 'The body is the file, byte for byte, at most 512 MB.',
  query: uploadQuery,
  response: fileShape,
  consumes: 'application/octet-stream',
  status: 201,
  handle: async ({ ctx, query, request }) => {
    if (Number(request.headers.get('content-length') ?? 0) > UPLOAD_BYTES) throw tooLarge(UPLOAD_BYTES);
    if (/^multipart\/form-data/i.test(request.headers.get('content-type') ?? '')) {
      throw invalid('The body is a form. Send the bytes of the file themselves, for example curl --data-binary @file.csv.', [{ path: 'body', message: 'Send the bytes of the file.' }]);
    }
    await refuseWhenDiskFull({ refused: 'no file is taken', then: 'upload it again' });
    const body = request.body ? Readable.fromWeb(request.body as ReadableStream<Uint8Array>) : Buffer.alloc(0);
    return uploadFile(ctx, query.path, body);
  },
});

export const DELETE = route({
  path: '/files',
  permission: 'file:write',
  summary: 'Remove a file; outputs made from it stay',
  query: uploadQuery,
  handle: ({ ctx, query }) => deleteFile(ctx, query.path),
});
