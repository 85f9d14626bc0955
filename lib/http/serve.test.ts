import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { readBytes } from './body';
import type { RouteModule } from './openapi';
import { serveRoutes } from './serve';
import { textResponse } from './whole-text';

type Handle = (request: Request, params: Record<string, string>) => Promise<Response>;

let server: Server | undefined;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(handle: Handle): Promise<number> {
  const handler = Object.assign(
    async (request: Request, { params }: { params: Promise<unknown> }) => handle(request, (await params) as Record<string, string>),
    { definition: { scope: 'workspace', path: '/things/{id}', summary: 'A thing' } },
  );
  const modules: RouteModule[] = [{ GET: handler, POST: handler }];
  const serveRest = serveRoutes(modules);
  server = createServer((request, response) => {
    if (!serveRest(request, response)) response.writeHead(299).end('not ours');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function open(port: number, given: { method?: string; path?: string; headers?: http.OutgoingHttpHeaders }): http.ClientRequest {
  return http.request({ port, agent, host: '127.0.0.1', method: given.method ?? 'GET', path: given.path ?? '/api/v1/w/main/things/7', headers: given.headers ?? {} });
}

async function call(port: number, given: { method?: string; path?: string; headers?: http.OutgoingHttpHeaders; body?: string | Buffer } = {}) {
  const request = open(port, given);
  request.end(given.body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks), text: Buffer.concat(chunks).toString() };
}

it('gives the handler what was sent and answers what it gives', async () => {
  const port = await serve(async (request, params) =>
    textResponse(
      JSON.stringify({
        params,
        url: request.url,
        method: request.method,
        tag: request.headers.get('x-tag'),
        from: request.headers.get('x-forwarded-for'),
        body: (await readBytes(request, 1e6)).toString(),
      }),
      { status: 201, headers: { 'content-type': 'application/json', 'x-request-id': 'r1' } },
    ),
  );
  const { status, headers, text } = await call(port, { method: 'POST', path: '/api/v1/w/main/things/a%20b?x=1&x=2', headers: { 'x-tag': 'plain' }, body: 'hällo' });
  expect(status).toBe(201);
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'r1', 'content-length': String(Buffer.byteLength(text)) });
  expect(JSON.parse(text)).toEqual({
    params: { workspace: 'main', id: 'a%20b' },
    url: 'http://localhost/api/v1/w/main/things/a%20b?x=1&x=2',
    method: 'POST',
    tag: 'plain',
    from: '127.0.0.1',
    body: 'hällo',
  });
});

it("keeps a proxy's word about the caller, and leaves other calls alone", async () => {
  const port = await serve((request) => Promise.resolve(textResponse(request.headers.get('x-forwarded-for') ?? '', { status: 200 })));
  expect((await call(port, { headers: { 'x-forwarded-for': '203.0.113.9' } })).text).toBe('203.0.113.9');
  for (const given of [{ path: '/api/v1/w/main/other' }, { method: 'PUT' }, { path: '/things/7' }]) expect((await call(port, given)).status).toBe(299);
});

it('answers nothing for 204', async () => {
  const port = await serve(() => Promise.resolve(textResponse(null, { status: 204 })));
  const { status, headers, text } = await call(port);
  expect([status, text, headers['content-length'], headers['transfer-encoding']]).toEqual([204, '', undefined, undefined]);
});

it('serves the next call of a connection whose body was refused, read in part or not at all', async () => {
  const limits = [0, 100_000];
  const port = await serve(async (request) => {
    const limit = limits.shift();
    if (limit === 0) return textResponse('unread', { status: 401 });
    const size = await readBytes(request, limit ?? 10).then((b) => b.byteLength, () => -1);
    return textResponse(String(size), { status: size < 0 ? 413 : 200 });
  });
  const body = Buffer.alloc(3_000_000);
  const chunked = { 'transfer-encoding': 'chunked' };
  expect((await call(port, { method: 'POST', body })).status).toBe(401);
  expect((await call(port, { method: 'POST', body, headers: chunked })).status).toBe(413);
  expect((await call(port, { method: 'POST', body: 'short' })).text).toBe('5');
});

it('packs long answers for those who take it, and none that must stay as it is', async () => {
  const long = JSON.stringify('x'.repeat(50_000));
  let cacheControl = 'no-store';
  const port = await serve((request) => {
    const headers = { 'content-type': 'application/json', 'cache-control': cacheControl };
    const streamed = request.headers.get('x-stream') !== null;
    return Promise.resolve(streamed ? new Response(new Blob([long]).stream(), { headers }) : textResponse(long, { headers }));
  });
  const gzip = { 'accept-encoding': 'br, gzip' };
  for (const headers of [gzip, { ...gzip, 'x-stream': '1' }]) {
    const packed = await call(port, { headers });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(packed.bytes.byteLength).toBeLessThan(1000);
    expect(gunzipSync(packed.bytes).toString()).toBe(long);
  }
  for (const headers of [{}, { 'accept-encoding': 'gzip;q=0, br' }, { 'x-stream': '1' }]) expect((await call(port, { headers })).text).toBe(long);
  cacheControl = 'no-store, no-transform';
  expect((await call(port, { headers: gzip })).text).toBe(long);
});

it('sends a stream as it comes, and tells its source when the caller leaves', async () => {
  let cancelled: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (cancelled = resolve));
  let aborted: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (aborted = resolve));
  const port = await serve((request) => {
    request.signal.addEventListener('abort', aborted);
    const body = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new TextEncoder().encode('hello')), cancel: cancelled });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' } }));
  });
  const request = open(port, { headers: { 'accept-encoding': 'gzip' } });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const [first] = (await once(response, 'data')) as [Buffer];
  expect(first.toString()).toBe('hello');
  request.destroy();
  await Promise.all([gone, left]);
});

it('tells a handler that waits when the caller leaves', async () => {
  let began: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (began = resolve));
  let aborted: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (aborted = resolve));
  const port = await serve(async (request) => {
    request.signal.addEventListener('abort', aborted);
    began();
    await left;
    return textResponse('late', {});
  });
  const request = open(port, {});
  request.on('error', () => undefined);
  request.end();
  await waiting;
  request.destroy();
  await left;
});

it('answers a handler that throws as something of ours, and cuts off an answer whose source breaks', async () => {
  let broken = false;
  const port = await serve(() => {
    if (!broken) return Promise.reject(new Error('unforeseen'));
    const body = new ReadableStream<Uint8Array>({
      start: (c) => c.enqueue(new TextEncoder().encode('half')),
      pull: (c) => c.error(new Error('the disk')),
    });
    return Promise.resolve(new Response(body));
  });
  expect((await call(port)).status).toBe(500);
  broken = true;
  await expect(call(port)).rejects.toThrow(/aborted|socket hang up/);
});
