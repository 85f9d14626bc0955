import { lookup } from 'node:dns/promises';
import pg from 'pg';
import { addressProblem, parseAllowList } from '@/lib/core/addresses';
import { env } from '@/lib/core/env';
import { guardedFetch, splitAllowHosts } from '@/lib/core/net';
import type { OpenConnection } from './connections';

/** How a try went: a sentence, and how long it took. */
export type ConnectionTest = { ok: boolean; message: string; milliseconds: number };

const TIMEOUT_MS = 10_000;

/** tryConnection reaches the outside system once. It does not throw; what went wrong is the message. */
export async function tryConnection(connection: OpenConnection): Promise<ConnectionTest> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  try {
    return { ok: true, message: await reach(connection), milliseconds: took() };
  } catch (error) {
    return {
      ok: false,
      message: error instanceof Error ? error.message : String(error),
      milliseconds: took(),
    };
  }
}

function reach(connection: OpenConnection): Promise<string> {
  if (connection.kind === 'postgres') return reachPostgres(connection);
  const { config } = connection;
  const text = (key: string) => (typeof config[key] === 'string' ? config[key] : '');
  const address =
    connection.kind === 'http'
      ? text('baseUrl')
      : text('endpoint') || `https://${text('bucket')}.s3.${text('region')}.amazonaws.com/`;
  return reachHttp(address, connection.kind === 'http' ? authorization(connection) : {});
}

async function reachHttp(address: string, headers: Record<string, string>): Promise<string> {
  const allow = splitAllowHosts(env().PENSTOCK_ALLOW_HOSTS);
  const answer = await guardedFetch(address, {
    headers,
    allow,
    timeoutMs: TIMEOUT_MS,
    maxBytes: 1024 * 1024,
  });
  if (answer.status === 401)
    throw new Error('The server answered, but refused the sign-in (401). Check the secrets.');
  if (answer.status >= 500)
    throw new Error(`The server answered with an error of its own (${answer.status}).`);
  return `The server answered (${answer.status}).`;
}

function authorization({ config, secrets }: OpenConnection): Record<string, string> {
  if (config.auth === 'bearer') return { authorization: `Bearer ${secrets.token ?? ''}` };
  if (config.auth !== 'basic') return {};
  const user = typeof config.user === 'string' ? config.user : '';
  return { authorization: `Basic ${Buffer.from(`${user}:${secrets.password ?? ''}`).toString('base64')}` };
}

async function reachPostgres({ config, secrets }: OpenConnection): Promise<string> {
  const host = String(config.host);
  const port = Number(config.port);
  const { address } = await lookup(host).catch(() => {
    throw new Error(`There is no computer named ${host}. Check the host.`);
  });
  const problem = addressProblem(address);
  if (problem && !parseAllowList(splitAllowHosts(env().PENSTOCK_ALLOW_HOSTS)).allows(host, port, address)) {
    throw new Error(
      `${host} is ${address}, which is ${problem}. An operator can allow it with PENSTOCK_ALLOW_HOSTS.`,
    );
  }
  const tls =
    config.tls === 'disable' ? false : { rejectUnauthorized: config.tls === 'verify', servername: host };
  const client = new pg.Client({
    host: address,
    port,
    database: String(config.database),
    user: String(config.user),
    password: secrets.password ?? '',
    ssl: tls,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return `Connected to PostgreSQL ${rows[0]?.server_version ?? ''}.`;
  } finally {
    await client.end().catch(() => undefined);
  }
}
