import { Readable } from 'node:stream';

/**
 * download answers with a stream that a browser saves.
 * @param name the file's name for the person
 */
export function download(content: { stream: Readable; bytes: number | null; type: string }, name: string): Response {
  const plain = name.replace(/[^\w.-]+/g, '_');
  return new Response(Readable.toWeb(content.stream) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': content.type,
      ...(content.bytes === null ? {} : { 'content-length': String(content.bytes) }),
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
