import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import next from 'next';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { closePool } from '@/lib/db/pool';
import { measureHttp } from '@/lib/observability/server';
import { obeyLifeline, reportReady } from './lifeline';
import { listenNear } from './listen';
import type * as Rest from './rest';
import { ROOT } from './root';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** REST is loaded with its first call: a process that only shows pages, or rests, needs 25 MB less. */
let rest: Promise<typeof Rest> | undefined;

async function answer(pages: Handle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.startsWith('/api/v1/')) {
    const { serveRest } = await (rest ??= import('./rest'));
    if (serveRest(request, response)) return;
  }
  await pages(request, response);
}

/** The web process: REST by its own table of routes, pages and server actions by Next. It runs no task. */
async function main(): Promise<void> {
  const { HOST, PORT } = env();
  const pages: { handle?: Handle } = {};
  const server = createServer((request, response) => {
    measureHttp(request, response);
    if (!pages.handle) response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"status":"starting"}');
    else void answer(pages.handle, request, response);
  });
  // Longer than a proxy's usual 60 s, so that a proxy never reuses a connection we are closing.
  server.keepAliveTimeout = 65_000;
  const port = await listenNear(server, HOST, PORT ?? 3000);

  const app = next({ dev: false, dir: ROOT, hostname: HOST, port, httpServer: server });
  obeyLifeline(async () => {
    server.close();
    server.closeIdleConnections();
    // Live streams never end by themselves; requests get a moment.
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.closeAllConnections();
    await app.close();
    await closePool();
  });
  await app.prepare();
  pages.handle = app.getRequestHandler();
  log.info({ host: HOST, port }, 'web ready');
  reportReady(port);
}

await main();
