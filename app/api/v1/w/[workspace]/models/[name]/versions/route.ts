import { Readable } from 'node:stream';
import { type ReadableStream } from 'node:stream/web';
import { AppError, invalid } from '@/lib/core/errors';
import { isMultipart, readMultipart } from '@/lib/http/multipart';
import { listOf } from '@/lib/http/page';
import { refuseInput } from '@/lib/http/problem';
import { route } from '@/lib/http/route';
import { modelVersionShape, versionFieldsSchema, versionListQuery, versionUploadQuery } from '@/lib/registry';
import { listVersions, MODEL_BYTES, registerVersion, requireModel, Upload } from '@/lib/registry/server';
import { refuseWhenDiskFull } from '@/lib/runs/server';

export const GET = route({
  path: '/models/{name}/versions',
  permission: 'model:read',
  summary: 'Versions of a model, newest first; with `tag` those that carry it, the first one wins',
  query: versionListQuery,
  response: listOf(modelVersionShape),
  handle: ({ ctx, params, query }) => listVersions(ctx, params.name!, query),
});

export const POST = route({
  path: '/models/{name}/versions',
  permission: 'model:write',
  summary: 'Upload the next version of a model',
  description:
    'multipart/form-data: one or many `file` parts with relative paths, or one zip; fields `flavor`, and as JSON `signature`, `tags`, `metrics`, `training`, and `sourceRunId`. Or the bytes of one file with `?path=`. At most 1 GB.',
  find: ({ ctx, params }) => requireModel(ctx, params.name!),
  query: versionUploadQuery,
  consumes: 'multipart/form-data',
  status: 201,
  response: modelVersionShape,
  idempotent: true,
  handle: async ({ ctx, params, query, request }) => {
    if (Number(request.headers.get('content-length') ?? 0) > MODEL_BYTES + 1_000_000) throw new AppError('too_large', 'The files of a version have at most 1 GB together.');
    await refuseWhenDiskFull({ refused: 'no model is taken', then: 'upload it again' });
    const upload = new Upload(ctx.workspaceId);
    try {
      const fields = await receive(request, query.path, upload);
      const parsed = versionFieldsSchema.safeParse(fields);
      if (!parsed.success) throw refuseInput(parsed.error, fields, 'body');
      return await registerVersion(ctx, params.name!, upload, parsed.data);
    } catch (error) {
      await upload.abandon();
      throw error;
    }
  },
});

async function receive(request: Request, path: string | undefined, upload: Upload): Promise<Record<string, string>> {
  if (isMultipart(request)) {
    return readMultipart(request, async (field, file, content) => {
      if (field !== 'file') throw invalid(`The form has a file in the field "${field}".`, [{ path: field, message: 'Files come in fields called "file".' }]);
      await (file.toLowerCase().endsWith('.zip') ? upload.addZip(content) : upload.add(file, content));
    });
  }
  if (path === undefined) throw invalid('The body is no form. Send multipart/form-data with "file" parts, or the bytes of one file with ?path=model.onnx.', [{ path: 'body', message: 'Send multipart/form-data.' }]);
  const content = request.body ? Readable.fromWeb(request.body as ReadableStream<Uint8Array>) : Readable.from([]);
  await (path.toLowerCase().endsWith('.zip') ? upload.addZip(content) : upload.add(path, content));
  return {};
}
