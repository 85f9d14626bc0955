import { createServer } from 'node:http';
import { log } from '@/lib/core/log';
import { outlast } from '@/lib/db/outage';
import { closePool } from '@/lib/db/pool';
import { requireSchema } from '@/lib/db/schema-version';
import { renderMetrics } from '@/lib/observability/server';
import { startWorker } from '@/lib/worker/server';
import { obeyLifeline, reportReady } from './lifeline';
import { listenNear } from './listen';
import { MIGRATIONS, version } from './root';
import { workerOptions } from './worker-options';

/** A worker process: claims tasks and performs them. Its own port serves /metrics and /api/health/live. */
async function main(): Promise<void> {
  const schemaVersion = await outlast(() => requireSchema(MIGRATIONS));
  const worker = await startWorker({
    ...workerOptions(process.argv.slice(2)),
    version: version(),
    schemaVersion,
    onOutdated: (sentence) => {
      process.stderr.write(`${sentence}\n`);
      process.kill(process.pid, 'SIGTERM');
    },
  });
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      renderMetrics('worker').then(
        (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
        () => response.writeHead(503).end(),
      );
    } else if (request.url === '/api/health/live') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"live"}');
    } else response.writeHead(404).end();
  });
  const port = await listenNear(server, '127.0.0.1', 0);
  obeyLifeline(async () => {
    await worker.stop();
    server.close();
    server.closeAllConnections();
    await closePool();
  });
  log.info({ port }, 'worker ready');
  reportReady(port);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
