import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { coolDuckdb } from '@/lib/datasets/server';
import type { TaskOf } from '@/lib/pipeline';
import { attemptOf, perform, type Performed } from './attempt-fixture';

const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-http-'));
process.env.PENSTOCK_HOME = home;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});
afterAll(async () => {
  await coolDuckdb();
  rmSync(home, { recursive: true, force: true });
});

/** serves on a loopback port that, as the demo's own server, workspace `demo` may reach */
async function serve(handle: RequestListener): Promise<string> {
  const started = createServer(handle);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  process.env.PENSTOCK_DEMO_URL = url;
  return url;
}

const call = (config: TaskOf<'http'>['config'], given: Parameters<typeof perform>[1] = {}, more: Parameters<typeof attemptOf>[1] = {}): Promise<Performed> =>
  perform(attemptOf({ kind: 'http', config }, { workspaceSlug: 'demo', ...more }), given);

describe('an http task', () => {
  it('makes a table of JSON rows at a path, page by page, signed in by a secret that is never shown', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const items = page <= 3 ? [{ id: page * 2 - 1, at: '2001-02-03' }, { id: page * 2, at: null }] : [];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { items } }));
    });
    const result = await call(
      { method: 'GET', url: `${url}/items?month={{ params.month }}`, auth: { type: 'bearer', token: '{{ secrets.api }}' }, rowsAt: 'data.items', pagination: { type: 'page', param: 'page' } },
      { secrets: { api: 'very-secret-token' } },
      { params: { month: 'a&b=c' } },
    );
    expect(result.error).toBeUndefined();
    expect(result.table?.rowCount).toBe(6);
    expect(result.table?.schema).toEqual([
      { name: 'id', type: 'BIGINT' },
      { name: 'at', type: 'DATE' },
    ]);
    expect(seen[0]).toBe('/items?month=a%26b%3Dc&page=1 Bearer very-secret-token');
    expect(seen.length).toBe(4);
    expect(JSON.stringify(result)).not.toContain('very-secret');
    expect(result.resolved).toMatchObject({ headers: { authorization: 'Bearer ••••••' } });
  }, 30_000);

  it('follows a cursor, and Link headers', async () => {
    const url = await serve((request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('c') ?? 0);
      if (at < 2) response.setHeader('link', `</x?c=${at + 1}>; rel="next"`);
      response.end(JSON.stringify({ rows: [{ at }], next: at < 2 ? at + 1 : null }));
    });
    const byCursor = await call({ method: 'GET', url, rowsAt: 'rows', pagination: { type: 'cursor', param: 'c', cursorAt: 'next' } });
    const byLink = await call({ method: 'GET', url, rowsAt: 'rows', pagination: { type: 'link' } });
    expect([byCursor.table?.rowCount, byLink.table?.rowCount]).toEqual([3, 3]);
  }, 30_000);

  it('makes a table of CSV, and JSON for expressions when asked', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/csv') response.setHeader('content-type', 'text/csv').end('a,b\n1,x\n2,y\n');
      else response.end('{"deep":{"n":[7]}}');
    });
    expect((await call({ method: 'GET', url: `${url}/csv` })).table).toMatchObject({ rowCount: 2, schema: [{ name: 'a', type: 'BIGINT' }, { name: 'b', type: 'VARCHAR' }] });
    expect((await call({ method: 'GET', url, output: 'json', rowsAt: 'deep.n' })).output).toEqual([7]);
  }, 30_000);

  it('sends JSON with values that cannot add structure', async () => {
    let body = '';
    const url = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.end('{"ok":true}'));
    });
    await call({ method: 'POST', url, body: { name: '{{ params.name }}' }, output: 'json' }, {}, { params: { name: '","admin":"yes' } });
    expect(JSON.parse(body)).toEqual({ name: '","admin":"yes' });
  });

  it.each<[string, RequestListener, string, RegExp]>([
    ['500', (_, response) => response.writeHead(500).end('stack trace'), 'http_500', /answered with status 500 \(an error inside it\)\.$/],
    ['404', (_, response) => response.writeHead(404).end(), 'http_404', /there is nothing at this address/],
    ['a page instead of JSON', (_, response) => response.end('<html>hello'), 'not_json', /is not JSON\.$/],
    ['a redirect to a private address', (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(), 'http_refused_address', /^The address 169\.254\.169\.254 is a link-local address/],
    ['an endless redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), 'http_redirects', /more than 5 times\.$/],
  ])('that gets %s fails in words', async (_, handle, code, message) => {
    const url = await serve(handle);
    const result = await call({ method: 'GET', url });
    expect(result.outcome).toBe('failed');
    expect(result.error?.code).toBe(code);
    expect(result.error?.message).toMatch(message);
    expect(result.error?.hint).toBeTruthy();
  });

  it('that waits for a slow service ends at its time limit', async () => {
    const url = await serve(() => undefined);
    const result = await call({ method: 'GET', url }, {}, { limits: { memoryMb: 64, threads: 1, timeoutSeconds: 0.2 } });
    expect(['timed_out', 'failed']).toContain(result.outcome);
    expect(result.error?.message).toMatch(/time limit|did not answer/);
  });

  it('reaches the demo server from workspace demo alone', async () => {
    const url = await serve((_, response) => response.end('{}'));
    const result = await call({ method: 'GET', url }, {}, { workspaceSlug: 'main' });
    expect(result.error?.code).toBe('http_refused_address');
    expect(result.error?.hint).toContain('PENSTOCK_ALLOW_HOSTS');
  });
});
