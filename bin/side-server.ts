import { createServer, type ServerResponse } from 'node:http';
import { env } from '@/lib/core/env';
import { renderMetrics } from '@/lib/dispatch/server';
import { checkReady, EXPOSITION_TYPE } from '@/lib/observability/server';
import { listenNear } from './listen';

/**
 * serveSide gives a process without pages a port of its own: /metrics, /api/health/live and /api/health/ready.
 * @param process the kind of process
 * @param wished the port, or the next free one; 0 lets the system choose
 * @param facts what "ready" says besides; `draining` true makes it not ready
 * @returns the port, and how to close it
 */
export async function serveSide(process: string, wished: number, facts: () => { draining: boolean } & Record<string, unknown>): Promise<{ port: number; close(): void }> {
  const json = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/metrics') {
      renderMetrics(process).then(
        (text) => response.writeHead(200, { 'content-type': EXPOSITION_TYPE }).end(text),
        () => response.writeHead(500).end(),
      );
    } else if (path === '/api/health/live') json(response, 200, { status: 'live' });
    else if (path === '/api/health/ready') {
      void checkReady().then(({ ready, database }) => {
        const { draining, ...more } = facts();
        const status = draining ? 'draining' : ready ? 'ready' : 'unavailable';
        json(response, status === 'ready' ? 200 : 503, { status, database, ...more });
      });
    } else response.writeHead(404).end();
  });
  const port = await listenNear(server, env().HOST, wished);
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
