import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { listenNear } from '../listen';
import { ROOT } from '../root';

const PAGE = 500;

/** The small server of the demo's HTTP template. */
export type DemoServer = { url: string; stop(): Promise<void> };

/**
 * serveDemo starts the demo's own web service on 127.0.0.1, so that the HTTP template has an address to fetch from without
 * leaving the machine. `/airports.json?page=1&size=500` gives `{items, page, pages, total, next}` and a Link header; a page
 * beyond the last is empty. It keeps its port from start to start where that is free.
 */
export async function serveDemo(home: string): Promise<DemoServer> {
  let airports: Promise<Record<string, string | number>[]> | undefined;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    if (url.pathname !== '/airports.json') return answer(404, { error: 'The demo server has /airports.json?page=1 only.' });
    airports ??= readAirports();
    airports.then(
      (rows) => {
        const page = pageOf(rows, Number(url.searchParams.get('page') ?? 1), Number(url.searchParams.get('size') ?? PAGE));
        answer(200, page.body, page.next ? { link: `<http://${request.headers.host ?? '127.0.0.1'}${page.next}>; rel="next"` } : {});
      },
      (error: unknown) => answer(500, { error: error instanceof Error ? error.message : String(error) }),
    );
  });
  const file = path.join(home, 'demo.port');
  const last = Number(await readFile(file, 'utf8').catch(() => '0'));
  const port = await listenNear(server, '127.0.0.1', Number.isInteger(last) && last > 0 && last < 65_536 ? last : 0);
  if (port !== last) await writeFile(file, String(port));
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** pageOf cuts one page out of the rows; `next` is the path of the page after it, null on the last. */
export function pageOf<T>(rows: T[], page: number, size: number): { body: { items: T[]; page: number; pages: number; total: number; next: string | null }; next: string | null } {
  const at = Number.isInteger(page) && page > 0 ? page : 1;
  const per = Number.isInteger(size) && size > 0 && size <= 5_000 ? size : PAGE;
  const pages = Math.ceil(rows.length / per);
  const next = at < pages ? `/airports.json?page=${at + 1}&size=${per}` : null;
  return { body: { items: rows.slice((at - 1) * per, at * per), page: at, pages, total: rows.length, next }, next };
}

async function readAirports(): Promise<Record<string, string | number>[]> {
  const text = await readFile(path.join(ROOT, 'node_modules', 'vega-datasets', 'data', 'airports.csv'), 'utf8');
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => {
    const values = splitLine(line);
    return Object.fromEntries(names.map((name, i) => [name, name === 'latitude' || name === 'longitude' ? Number(values[i]) : (values[i] ?? '')]));
  });
}

/** One CSV line: commas inside double quotes belong to the value. */
export function splitLine(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map(([, value = '']) => (value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value))
    .slice(0, line.endsWith(',') ? undefined : -1);
}
