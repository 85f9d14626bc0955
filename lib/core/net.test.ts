import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { addressProblem, parseAllowList } from './addresses';
import { FetchFailure, guardedFetch } from './net';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** serves on a loopback port and answers its `host:port` */
async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failure = async (work: Promise<unknown>): Promise<FetchFailure> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FetchFailure);
  return error as FetchFailure;
};

describe('an address that tasks may reach', () => {
  it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1'])('is %s', (address) => {
    expect(addressProblem(address)).toBeNull();
  });

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.8.9.10', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['100.64.0.1', 'provider'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['198.18.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['fec0::1', 'reserved'],
    ['fc00::1', 'private'],
    ['fd00:ec2::254', 'private'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'reserved'],
    ['2001::1', 'reserved'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'link-local'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['64:ff9b:1::a00:1', 'reserved'],
    ['2002:7f00:1::', 'loopback'],
    ['example.org', 'not an address'],
  ])('is not %s: %s', (address, word) => {
    expect(addressProblem(address)).toContain(word);
  });
});

describe('the list of allowed hosts', () => {
  const list = parseAllowList(['localhost:8080', '10.0.0.0/8', '*.internal', '::1', '[fd00::1]:99', '192.168.1.5:443', 'nonsense//', 'fd12::/16']);
  it.each([
    ['localhost', 8080, '127.0.0.1', true],
    ['LOCALHOST.', 8080, '127.0.0.1', true],
    ['localhost', 8081, '127.0.0.1', false],
    ['127.0.0.1', 8080, '127.0.0.1', false],
    ['db', 5432, '10.9.8.7', true],
    ['db', 5432, '::ffff:10.9.8.7', true],
    ['db', 5432, '11.9.8.7', false],
    ['a.internal', 1, '172.16.0.1', true],
    ['internal', 1, '172.16.0.1', false],
    ['evilinternal', 1, '172.16.0.1', false],
    ['x', 1, '::1', true],
    ['x', 99, 'fd00::1', true],
    ['x', 98, 'fd00::1', false],
    ['x', 443, '192.168.1.5', true],
    ['x', 80, '192.168.1.5', false],
    ['x', 80, 'fd12:3::1', true],
  ])('%s:%i at %s → %s', (host, port, address, allowed) => {
    expect(list.allows(host, port, address)).toBe(allowed);
  });
});

describe('a guarded fetch', () => {
  it.each([
    'http://127.0.0.1:9/',
    'http://localhost:9/',
    'http://2130706433:9/',
    'http://0x7f.1:9/',
    'http://0:9/',
    'http://[::1]:9/',
    'http://[::ffff:127.0.0.1]:9/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
  ])('refuses %s in a sentence', async (url) => {
    const error = await failure(guardedFetch(url, { allow: [] }));
    expect(error.code).toBe('refused_address');
    expect(error.message).toMatch(/which tasks may not reach\.$/);
    expect(error.hint).toContain('PENSTOCK_ALLOW_HOSTS');
  });

  it.each([
    ['nonsense', 'bad_url'],
    ['file:///etc/passwd', 'bad_url'],
    ['gopher://127.0.0.1:25/', 'bad_url'],
  ])('refuses %s: %s', async (url, code) => {
    expect((await failure(guardedFetch(url, { allow: [] }))).code).toBe(code);
  });

  it('reaches what the operator allows, and unpacks its answer', async () => {
    const host = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a": 1}')));
    const answer = await guardedFetch(`http://${host}/x`, { allow: [host] });
    expect(answer.status).toBe(200);
    expect(JSON.parse(await answer.text())).toEqual({ a: 1 });
  });

  it('reaches an allowed name only at its port', async () => {
    const host = await serve((_, response) => response.end('hello'));
    const port = Number(host.split(':')[1]);
    expect(await (await guardedFetch(`http://localhost:${port}/`, { allow: [`localhost:${port}`] })).text()).toBe('hello');
    expect((await failure(guardedFetch(`http://localhost:${port}/`, { allow: [`localhost:${port + 1}`] }))).code).toBe('refused_address');
  });

  it('refuses a redirect to a private address', async () => {
    const inner = await serve((_, response) => response.end('inner secret'));
    const outer = await serve((_, response) => response.writeHead(302, { location: `http://${inner}/` }).end());
    const error = await failure(guardedFetch(`http://${outer}/`, { allow: [outer] }));
    expect(error.code).toBe('refused_address');
  });

  it('does not carry sign-in to another host, and follows 303 with a GET', async () => {
    const seen: unknown[] = [];
    const second = await serve((request, response) => {
      seen.push(request.method, request.headers.authorization, request.headers['x-api-key'], request.headers['content-type'], request.headers['x-plain']);
      response.end('ok');
    });
    const first = await serve((_, response) => response.writeHead(303, { location: `http://${second}/` }).end());
    const headers = { Authorization: 'Bearer t', 'X-Api-Key': 'k', 'Content-Type': 'text/plain', 'X-Plain': 'p' };
    await (await guardedFetch(`http://${first}/`, { method: 'POST', body: 'x', headers, allow: [first, second] })).text();
    expect(seen).toEqual(['GET', undefined, undefined, undefined, 'p']);
  });

  it('stops an endless chain of redirects', async () => {
    const host = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
    expect((await failure(guardedFetch(`http://${host}/`, { allow: [host] }))).code).toBe('redirects');
  });

  it('stops an answer that is too large, also one that grows while unpacked', async () => {
    const plain = await serve((_, response) => response.end('x'.repeat(50_000)));
    const packed = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000_000))));
    for (const host of [plain, packed]) {
      const answer = await guardedFetch(`http://${host}/`, { allow: [host], maxBytes: 10_000 });
      const error = await failure(answer.bytes());
      expect(error.code).toBe('too_large');
      expect(error.message).toContain('larger than the limit of 10 kB');
    }
  });

  it('stops waiting for a slow answer, before or inside its body', async () => {
    const silent = await serve(() => undefined);
    expect((await failure(guardedFetch(`http://${silent}/`, { allow: [silent], timeoutMs: 80 }))).code).toBe('timeout');
    const dripping = await serve((_, response) => response.write('a'));
    const answer = await guardedFetch(`http://${dripping}/`, { allow: [dripping], timeoutMs: 1_500 });
    expect((await failure(answer.text())).code).toBe('timeout');
  });

  it('says when nothing answers, when a name is unknown, and when an answer breaks off', async () => {
    const gone = await serve(() => undefined);
    servers.pop()?.close();
    expect((await failure(guardedFetch(`http://${gone}/`, { allow: [gone] }))).code).toBe('no_connection');
    expect((await failure(guardedFetch('http://no-such-host.invalid/', { allow: [] }))).code).toBe('unknown_host');
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const answer = await guardedFetch(`http://${broken}/`, { allow: [broken] });
    expect((await failure(answer.text())).code).toBe('broken_answer');
  });

  it('signs in with the user of an address without showing it', async () => {
    let given = '';
    const host = await serve((request, response) => {
      given = request.headers.authorization ?? '';
      response.end();
    });
    await (await guardedFetch(`http://me:p%40ss@${host}/`, { allow: [host] })).text();
    expect(Buffer.from(given.replace('Basic ', ''), 'base64').toString()).toBe('me:p@ss');
  });
});
