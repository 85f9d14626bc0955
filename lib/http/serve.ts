import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { log } from '@/lib/core/log';
import type { RouteModule } from './openapi';
import { problemResponse, toProblem } from './problem';
import { routeTable, type Found } from './route-table';
import { wholeText } from './whole-text';

/** Shorter answers are not packed, in characters: it takes longer than sending them. */
const SMALL = 1024;
const PACKABLE = /^(text\/|application\/(json|problem\+json|x-ndjson|yaml|xml|javascript)\b)/;

const pack = promisify(gzip);

/**
 * serveRoutes answers REST calls from their handlers on Node's own server. The same call through Next costs the process three times as
 * much, most of it for what pages need.
 * @returns false when the request is no call of these modules; it was not touched then
 */
export function serveRoutes(modules: readonly RouteModule[]): (request: IncomingMessage, response: ServerResponse) => boolean {
  const find = routeTable(modules);
  return (request, response) => {
    const url = request.url ?? '';
    if (!url.startsWith('/api/v1/')) return false;
    const cut = url.indexOf('?');
    const found = find(request.method ?? '', cut < 0 ? url : url.slice(0, cut));
    if (!found) return false;
    answer(request, response, found).catch((error: unknown) => {
      log.debug({ err: error }, 'an answer was not sent to its end');
      response.destroy();
    });
    return true;
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { handler, params }: Found,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  const body = bodyOf(request);
  let made: Response;
  try {
    made = await handler(asWebRequest(request, body?.stream ?? null, left.signal), { params: Promise.resolve(params) });
  } catch (error) {
    made = problemResponse(toProblem(error));
  }
  await send(made, request, response);
  // the rest of a refused body is still on its way, and the connection's next request stands behind it
  await body?.discard();
}

function asWebRequest(request: IncomingMessage, body: ReadableStream<Uint8Array> | null, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
    else value?.forEach((each) => headers.append(name, each));
  }
  if (!headers.has('x-forwarded-for') && request.socket.remoteAddress) headers.set('x-forwarded-for', request.socket.remoteAddress);
  const { method = 'GET', url = '/' } = request;
  return new Request(`http://localhost${url}`, { method, headers, signal, ...(body ? { body, duplex: 'half' } : {}) });
}

/** The request's body, read only as far as its reader asks: what is refused unread does not fill memory. */
function bodyOf(request: IncomingMessage): { stream: ReadableStream<Uint8Array>; discard(): Promise<void> } | null {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (request.method === 'GET' || request.method === 'HEAD' || (length === '0' && encoding === undefined)) return null;
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    discard: async () => {
      await chunks.return?.();
      request.resume();
    },
  };
}

async function send(made: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers: Record<string, string> = Object.fromEntries(made.headers);
  const text = wholeText(made);
  const packed = maySend(headers, text?.length ?? SMALL) && takesGzip(request);
  if (packed) {
    headers['content-encoding'] = 'gzip';
    headers.vary = 'Accept-Encoding';
    delete headers['content-length'];
  }
  if (text !== undefined || made.body === null) {
    const bytes = packed ? await pack(text ?? '') : Buffer.from(text ?? '');
    if (made.status !== 204 && made.status !== 304) headers['content-length'] = String(bytes.byteLength);
    response.writeHead(made.status, headers).end(bytes);
    return;
  }
  response.writeHead(made.status, headers);
  response.flushHeaders();
  const content = Readable.fromWeb(made.body as NodeStream<Uint8Array>);
  await (packed ? pipeline(content, createGzip(), response) : pipeline(content, response));
}

const maySend = (headers: Record<string, string>, characters: number): boolean =>
  characters >= SMALL &&
  PACKABLE.test(headers['content-type'] ?? '') &&
  !headers['content-encoding'] &&
  !headers['cache-control']?.includes('no-transform');

function takesGzip(request: IncomingMessage): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '').toLowerCase().split(',');
  return accepted.some((each) => {
    const [name, weight] = each.split(';').map((part) => part.trim());
    return name === 'gzip' && !/^q=0(\.0*)?$/.test(weight ?? '');
  });
}
