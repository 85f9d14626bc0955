import pg from 'pg';
import { AppError } from '@/lib/core/errors';

type Held = { url: string | undefined; pool: pg.Pool | undefined; hot: pg.Pool | undefined };

/** One pool a process, also when a bundler loads this file twice. */
const held: Held = ((globalThis as { __penstockDb?: Held }).__penstockDb ??= { url: undefined, pool: undefined, hot: undefined });

const closers = new Set<() => Promise<void>>();

/** onPoolClose registers what must be closed or forgotten together with the pool (the Prisma client, the notice timer). */
export function onPoolClose(close: () => Promise<void>): void {
  closers.add(close);
}

/**
 * setDatabaseUrl points this process at a database; call it before the first query. Later calls need `closePool` first.
 * @param url `postgresql://user:password@host:port/name`
 */
export function setDatabaseUrl(url: string): void {
  if (held.pool && held.url !== url) throw new Error('Close the pool before pointing it at another database.');
  held.url = url;
  process.env.DATABASE_URL = url;
}

/** databaseUrl is the address this process uses. @throws AppError unavailable when none is known yet. */
export function databaseUrl(): string {
  const url = held.url ?? process.env.DATABASE_URL;
  if (!url) {
    throw new AppError(
      'unavailable',
      'No database is known to this process. Set DATABASE_URL, or start it with `npm start`, which brings its own.',
    );
  }
  return url;
}

/** Connections of the shared pool that stay open when nobody asks. */
const KEPT_CONNECTIONS = 2;

/** pool is the process's only connection pool; Prisma and the hand-written hot paths share it. */
export function pool(): pg.Pool {
  if (held.pool) return held.pool;
  const created = new pg.Pool({
    connectionString: databaseUrl(),
    max: Number(process.env.PENSTOCK_DB_CONNECTIONS || 10),
    // kept at rest too: whoever comes after half a minute would pay for a connection and for planning every statement anew
    min: KEPT_CONNECTIONS,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 15_000,
    application_name: process.env.PENSTOCK_PROCESS ?? 'penstock',
  });
  // An idle connection that the server drops is replaced by the pool; without a listener it would end the process.
  created.on('error', () => undefined);
  held.pool = created;
  return created;
}

/**
 * One plan for all calls and index walks only: the engine's statements touch few rows by key, and without this a plan made while the
 * tables were small reads them whole for ever after.
 */
const HOT_SETTINGS = ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'enable_bitmapscan=off'];

/**
 * hotPool is one connection of this process for the engine's step alone, in a flood two. Its plans live in the connection: over the shared
 * pool every step met another one and took twice as long (median of a chain of 40: 4.0 ms, here 2.1 ms).
 */
export function hotPool(): pg.Pool {
  if (held.hot) return held.hot;
  const created = new pg.Pool({
    connectionString: databaseUrl(),
    min: 1,
    max: 2,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 15_000,
    application_name: `${process.env.PENSTOCK_PROCESS ?? 'penstock'} step`,
    // a statement may be sent before the one before is answered
    pipeline: true,
    options: HOT_SETTINGS.map((setting) => `-c ${setting}`).join(' '),
  });
  created.on('error', () => undefined);
  held.hot = created;
  return created;
}

/** closePool ends every connection of this process and forgets the address's clients; the next `pool()` opens anew. */
export async function closePool(): Promise<void> {
  for (const close of closers) await close();
  const { pool: open, hot } = held;
  held.pool = undefined;
  held.hot = undefined;
  held.url = undefined;
  await Promise.all([open?.end(), hot?.end()]);
}

/** poolUse says how this process's connections are used: those that exist, those at rest, and callers that wait for one. */
export function poolUse(): { name: 'shared' | 'step'; total: number; idle: number; waiting: number }[] {
  const named = [['shared', held.pool], ['step', held.hot]] as const;
  return named.flatMap(([name, open]) => (open ? [{ name, total: open.totalCount, idle: open.idleCount, waiting: open.waitingCount }] : []));
}
