import { createServer } from 'node:http';
import next from 'next';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { closePool } from '@/lib/db/pool';
import { measureHttp } from '@/lib/observability/server';
import { obeyLifeline, reportReady } from './lifeline';
import { listenNear } from './listen';
import { ROOT } from './root';

/** The web process: pages, server actions and REST. It runs no task. */
async function main(): Promise<void> {
  const { HOST, PORT } = env();
  const pages: { handle?: ReturnType<ReturnType<typeof next>['getRequestHandler']> } = {};
  const server = createServer((request, response) => {
    measureHttp(request, response);
    if (pages.handle) void pages.handle(request, response);
    else response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"status":"starting"}');
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
