import type { IncomingMessage, ServerResponse } from 'node:http';
import { histogram } from './registry';

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * routeClass names the sort of address a request is for, so that there are few: `api/runs` for all calls about runs, `page`, `action`,
 * `stream`, `static`, `health`, `metrics`, `sign-in`.
 * @param known false when nothing is at the address: its words are then not taken over
 */
export function routeClass(method: string, url: string, known = true): string {
  const path = url.split('?', 1)[0] ?? '';
  if (path.startsWith('/_next/') || /\.(svg|ico|png|woff2?)$/.test(path)) return 'static';
  if (path.startsWith('/api/health')) return 'health';
  if (path === '/metrics') return 'metrics';
  if (path.startsWith('/api/auth')) return 'sign-in';
  if (path.startsWith('/api/v1')) {
    if (/\/(events|live)$/.test(path)) return 'stream';
    const word = /^\/api\/v1\/(?:w\/[^/]+\/)?([a-z][a-z-]{1,29})(?:\/|$)/.exec(path)?.[1];
    return known && word !== undefined && word !== 'w' ? `api/${word}` : 'api';
  }
  return method === 'POST' ? 'action' : 'page';
}

/** measureHttp times a request until its answer is complete; a stream counts with how long it was open. */
export function measureHttp(request: IncomingMessage, response: ServerResponse): void {
  const began = performance.now();
  response.once('close', () => {
    const status = response.statusCode;
    histogram({ name: 'penstock_http_request_seconds', help: 'Time from a request to its complete answer.', labelNames: ['route', 'method', 'status'] as const, buckets: BUCKETS }).observe(
      { route: routeClass(request.method ?? 'GET', request.url ?? '', status !== 404), method: request.method ?? 'GET', status: `${Math.floor(status / 100)}xx` },
      (performance.now() - began) / 1000,
    );
  });
}
