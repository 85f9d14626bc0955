import { Readable } from 'node:stream';
import { type ReadableStream } from 'node:stream/web';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { invalid } from '@/lib/core/errors';

const FIELD_BYTES = 1024 * 1024;

/** isMultipart tells whether a request carries a form with files. */
export const isMultipart = (request: Request): boolean => /^multipart\/form-data/i.test(request.headers.get('content-type') ?? '');

/**
 * readMultipart reads a form as it arrives: each file is handed on as a stream, one after the other, with its relative path.
 * @param onFile must read the stream to its end, or throw
 * @returns the other fields; of one given twice the last
 * @throws AppError invalid for a form that is damaged, and what onFile throws
 */
export async function readMultipart(request: Request, onFile: (field: string, path: string, content: Readable) => Promise<void>): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  const form = new Busboy({ headers: Object.fromEntries(request.headers) as unknown as BusboyHeaders, preservePath: true, limits: { fieldSize: FIELD_BYTES, fields: 100 } });
  const body = request.body ? Readable.fromWeb(request.body as ReadableStream<Uint8Array>) : Readable.from([]);
  let storing: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      body.unpipe(form);
      body.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    form.on('file', (field, stream, path) => {
      storing = storing.then(() => onFile(field, path, stream));
      storing.catch(fail);
    });
    form.on('field', (field, value) => {
      fields[field] = value;
    });
    form.on('error', (error: unknown) => fail(broken(error)));
    form.on('finish', () => void storing.then(resolve, fail));
    body.on('error', (error) => fail(broken(error)));
    body.pipe(form);
  });
  return fields;
}

const broken = (error: unknown) =>
  invalid(`The form cannot be read: ${error instanceof Error ? error.message : String(error)}. Send it as multipart/form-data, for example curl -F file=@model.onnx.`, [{ path: 'body', message: 'Send multipart/form-data.' }]);
