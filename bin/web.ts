import { createServer } from 'node:http';
import next from 'next';
import { ROUTES } from '@/app/api/v1/manifest';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { closePool } from '@/lib/db/pool';
import { serveRoutes } from '@/lib/http/serve';
import { measureHttp } from '@/lib/observability/server';
import { obeyLifeline, reportReady } from './lifeline';
import { listenNear } from './listen';
import { ROOT } from './root';

/** The web process: REST by its own table of routes, pages and server actions by Next. It runs no task. */
async function main(): Promise<void> {
  const { HOST, PORT } = env();
  const pages: { handle?: ReturnType<ReturnType<typeof next>['getRequestHandler']> } = {};
  const serveRest = serveRoutes(ROUTES);
  const server = createServer((request, response) => {
    measureHttp(request, response);
    if (!pages.handle) response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"status":"starting"}');
    else if (!serveRest(request, response)) void pages.handle(request, response);
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
