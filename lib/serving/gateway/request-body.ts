import { type IncomingMessage } from 'node:http';
import { Refusal } from './refusal';

/** The largest request in bytes. */
const BODY_BYTES = 16 * 1024 * 1024;

const tooLarge = () => new Refusal(413, `The request is larger than ${BODY_BYTES / 1024 / 1024} MB, the limit of one call. Send fewer rows at a time.`);

/** readText reads a request's body as UTF-8 text. @throws Refusal 413 above the limit, 415 for compressed bodies */
export function readText(request: IncomingMessage): Promise<string> {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') throw new Refusal(415, `The body is compressed (${encoding}). Send it as it is.`);
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES) {
        reject(tooLarge());
        request.pause();
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0].toString('utf8') : Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('aborted', () => reject(new Refusal(400, 'The request broke off.')));
  });
}
