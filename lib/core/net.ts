import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, buildConnector, request, type Dispatcher } from 'undici';
import { addressProblem, parseAllowList, type AllowList } from './addresses';

export { splitAllowHosts } from './addresses';

/** What to fetch and what it may cost. */
export type FetchOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** private hosts and ranges that may be reached: PENSTOCK_ALLOW_HOSTS and what the caller adds */
  allow: readonly string[];
  /** milliseconds for the whole exchange, body included (default 60 s) */
  timeoutMs?: number;
  /** bytes of the unpacked body (default 100 MB) */
  maxBytes?: number;
  /** redirects followed (default 5) */
  maxRedirects?: number;
  signal?: AbortSignal;
};

/** An answer. Read its body once, by one of the three ways; each throws FetchFailure when a limit is passed. */
export type Fetched = {
  status: number;
  headers: Record<string, string>;
  /** the address that answered, after redirects */
  url: string;
  chunks(): AsyncIterable<Buffer>;
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
};

export type FetchFailureCode = 'bad_url' | 'refused_address' | 'unknown_host' | 'no_connection' | 'tls' | 'timeout' | 'too_large' | 'redirects' | 'aborted' | 'broken_answer';

/** FetchFailure says in a sentence why there is no (whole) answer. */
export class FetchFailure extends Error {
  constructor(
    readonly code: FetchFailureCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'FetchFailure';
  }
}

const CONNECT_MS = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const SECRET_HEADERS = /^(authorization|cookie|proxy-authorization)$|key|token|secret|signature/i;

/**
 * guardedFetch calls an address that a user gave. Only public addresses are reached (and those that `allow` names): names are
 * resolved once, the result is checked and exactly that address is connected to, again after every redirect.
 * @throws FetchFailure with a sentence; an answer with an error status is an answer
 */
export async function guardedFetch(address: string, options: FetchOptions): Promise<Fetched> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const clock = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, clock]) : clock;
  const allow = parseAllowList(options.allow);
  const explain = (error: unknown, url: URL) => {
    if (error instanceof FetchFailure) return error;
    if (clock.aborted) return new FetchFailure('timeout', `${url.host} did not answer in full within ${seconds(timeoutMs)}.`, 'Raise the time limit, or ask for less.');
    if (options.signal?.aborted) return new FetchFailure('aborted', `The call to ${url.host} was stopped.`);
    return failureOf(error, url);
  };

  let url = parseUrl(address);
  let method = (options.method ?? 'GET').toUpperCase();
  let body = options.body;
  let headers = { 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Penstock', ...lowered(options.headers ?? {}) };
  const maxRedirects = options.maxRedirects ?? 5;
  const dispatcher = guardedAgent(allow);
  const done = () => void dispatcher.destroy().catch(() => undefined);

  for (let hops = 0; ; hops += 1) {
    let answer: Dispatcher.ResponseData;
    try {
      checkLiteral(url, allow);
      const { target, authorization } = withoutUser(url);
      answer = await request(target, {
        method,
        headers: authorization ? { authorization, ...headers } : headers,
        ...(body === undefined ? {} : { body }),
        dispatcher,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    } catch (error) {
      done();
      throw explain(error, url);
    }
    const location = headerText(answer.headers.location);
    if (!REDIRECTS.has(answer.statusCode) || !location) return answerOf(answer, url, options.maxBytes ?? 100 * 1024 * 1024, explain, done);

    answer.body.on('error', () => undefined);
    answer.body.destroy();
    if (hops >= maxRedirects) {
      done();
      throw new FetchFailure('redirects', `${url.host} sent us on more than ${maxRedirects} times.`, 'Give the address it ends at.');
    }
    const next = parseUrl(location, url);
    if (next.origin !== url.origin) headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.test(name))) as typeof headers;
    if (answer.statusCode === 303 || ((answer.statusCode === 301 || answer.statusCode === 302) && method === 'POST')) {
      method = method === 'HEAD' ? 'HEAD' : 'GET';
      body = undefined;
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-'))) as typeof headers;
    }
    url = next;
  }
}

function answerOf(answer: Dispatcher.ResponseData, url: URL, maxBytes: number, explain: (error: unknown, url: URL) => FetchFailure, done: () => void): Fetched {
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, headerText(value)]));
  const tooLarge = () => new FetchFailure('too_large', `The answer of ${url.host} is larger than the limit of ${megabytes(maxBytes)}.`, 'Ask for less, page through it, or raise the limit.');

  async function* chunks(): AsyncGenerator<Buffer> {
    let seen = 0;
    try {
      const coding = headers['content-encoding'];
      if (!coding && Number(headers['content-length']) > maxBytes) throw tooLarge();
      for await (const chunk of decoded(answer.body, coding)) {
        seen += chunk.length;
        if (seen > maxBytes) throw tooLarge();
        yield chunk;
      }
    } catch (error) {
      throw explain(error, url);
    } finally {
      answer.body.on('error', () => undefined);
      answer.body.destroy();
      done();
    }
  }

  const bytes = async () => {
    const parts: Buffer[] = [];
    for await (const chunk of chunks()) parts.push(chunk);
    return Buffer.concat(parts);
  };
  return { status: answer.statusCode, headers, url: url.href, chunks, bytes, text: async () => (await bytes()).toString('utf8').replace(/^\uFEFF/, '') };
}

async function* decoded(body: Readable, coding: string | undefined): AsyncGenerator<Buffer> {
  const unpack = coding === 'gzip' || coding === 'x-gzip' ? createGunzip() : coding === 'br' ? createBrotliDecompress() : coding === 'deflate' ? createInflate() : null;
  if (!unpack) {
    yield* body as AsyncIterable<Buffer>;
    return;
  }
  body.on('error', (error) => unpack.destroy(error));
  yield* body.pipe(unpack) as AsyncIterable<Buffer>;
}

/** guardedAgent connects only to addresses that have been checked; names are resolved here and nowhere else. */
function guardedAgent(allow: AllowList): Agent {
  return new Agent({
    connect: (options, callback) => {
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
      buildConnector({ timeout: CONNECT_MS, lookup: guardedLookup(port, allow) })(options, callback);
    },
  });
}

/** guardedLookup resolves a name to those of its addresses that may be reached. Not called for addresses written out. */
function guardedLookup(port: number, allow: AllowList): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const good = found.filter(({ address }) => addressProblem(address) === null || allow.allows(host, port, address));
      const first = found[0];
      if (good.length === 0) return callback(refusal(host, first?.address ?? ''), []);
      if (options.all) return callback(null, good);
      return callback(null, good[0]?.address ?? '', good[0]?.family);
    });
  };
}

function checkLiteral(url: URL, allow: AllowList): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return;
  if (addressProblem(host) === null || allow.allows(host, portOf(url), host)) return;
  throw refusal(host, host);
}

function refusal(host: string, address: string): FetchFailure {
  const named = host === address ? address : `"${host}" (${address})`;
  return new FetchFailure(
    'refused_address',
    `The address ${named} is ${addressProblem(address) ?? 'not public'}, which tasks may not reach.`,
    'Use a public address, or ask the operator to add this one to PENSTOCK_ALLOW_HOSTS.',
  );
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (!url) throw new FetchFailure('bad_url', `"${text.slice(0, 200)}" is not an address.`, 'Write it in full, for example https://example.org/data.csv.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new FetchFailure('bad_url', `Addresses that start with "${url.protocol}" cannot be reached.`, 'Use http:// or https://.');
  }
  return url;
}

function withoutUser(url: URL): { target: URL; authorization: string | null } {
  if (!url.username && !url.password) return { target: url, authorization: null };
  const target = new URL(url);
  target.username = '';
  target.password = '';
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { target, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** failureOf finds words for what the network threw. */
function failureOf(error: unknown, url: URL): FetchFailure {
  const cause = rootOf(error);
  if (cause instanceof FetchFailure) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new FetchFailure('unknown_host', `The name "${url.hostname}" cannot be resolved to an address.`, 'Check its spelling, and that this machine can reach the network.');
  }
  if (code === 'ECONNREFUSED') return new FetchFailure('no_connection', `Nothing answers at ${url.hostname}, port ${portOf(url)}.`, 'Check the address and port, and that the service is running.');
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new FetchFailure('timeout', `${url.host} could not be connected to within ${seconds(CONNECT_MS)}.`, 'Check the address, and that no firewall is between.');
  }
  if (/CERT|SSL|TLS/i.test(code)) return new FetchFailure('tls', `The certificate of ${url.host} is not trusted (${code}).`, 'Let its owner renew it; a private authority can be given by NODE_EXTRA_CA_CERTS.');
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE') return new FetchFailure('broken_answer', `${url.host} ended the connection before its answer was complete.`, 'Run it again; if it happens again, ask the owner of the service.');
  return new FetchFailure('broken_answer', `The answer of ${url.host} could not be read: ${cause.message}.`);
}

function rootOf(error: unknown): Error {
  let at = error instanceof Error ? error : new Error(String(error));
  for (let depth = 0; depth < 5; depth += 1) {
    if (at instanceof FetchFailure) return at;
    const next = at instanceof AggregateError ? (at.errors[0] as unknown) : at.cause;
    if (!(next instanceof Error)) return at;
    at = next;
  }
  return at;
}

const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));
const headerText = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.join(', ') : (value ?? ''));
const lowered = (headers: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : ms === 1000 ? '1 second' : `${Math.round(ms / 100) / 10} seconds`);
const megabytes = (bytes: number): string => (bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MB` : `${Math.ceil(bytes / 1024)} kB`);
