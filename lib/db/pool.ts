import pg from 'pg';
import { AppError } from '@/lib/core/errors';

type Held = { url: string | undefined; pool: pg.Pool | undefined };

/** One pool a process, also when a bundler loads this file twice. */
const held: Held = ((globalThis as { __penstockDb?: Held }).__penstockDb ??= { url: undefined, pool: undefined });

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

/** pool is the process's only connection pool; Prisma and the hand-written hot paths share it. */
export function pool(): pg.Pool {
  if (held.pool) return held.pool;
  const created = new pg.Pool({
    connectionString: databaseUrl(),
    max: Number(process.env.PENSTOCK_DB_CONNECTIONS || 10),
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 15_000,
    application_name: process.env.PENSTOCK_PROCESS ?? 'penstock',
  });
  // An idle connection that the server drops is replaced by the pool; without a listener it would end the process.
  created.on('error', () => undefined);
  held.pool = created;
  return created;
}

/** closePool ends every connection of this process and forgets the address's clients; the next `pool()` opens anew. */
export async function closePool(): Promise<void> {
  for (const close of closers) await close();
  const { pool: open } = held;
  held.pool = undefined;
  held.url = undefined;
  await open?.end();
}
