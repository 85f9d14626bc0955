import { createHash } from 'node:crypto';
import type pg from 'pg';
import { pool } from './pool';

/** What runs hand-written SQL: `sql()`, a transaction of either sort, or the Prisma client. */
export type Sql = {
  $queryRawUnsafe<T>(text: string, ...values: unknown[]): Promise<T>;
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>;
};

/** Texts are constants of the program; more than this many would be texts made at run time, which are not worth a prepared statement. */
const MOST_NAMES = 300;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = `q${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
  names.set(text, name);
  return name;
}

function over(on: Pick<pg.Pool, 'query'>): Sql {
  const run = (text: string, values: unknown[]) => {
    const name = nameOf(text);
    return on.query({ text, values, ...(name === undefined ? {} : { name }) });
  };
  return {
    $queryRawUnsafe: async <T>(text: string, ...values: unknown[]) => (await run(text, values)).rows as T,
    $executeRawUnsafe: async (text, ...values) => (await run(text, values)).rowCount ?? 0,
  };
}

const shared: Sql = over({ query: ((...given: Parameters<pg.Pool['query']>) => pool().query(...given)) as pg.Pool['query'] });

/**
 * sql runs hand-written statements over the shared pool, prepared once a connection. A read of a run costs 0.3 ms here where the Prisma
 * client takes 1 ms of this process for the same statement, so what is read at every change of a run comes this way.
 */
export const sql = (): Sql => shared;

/** inSqlTransaction is inTransaction for work that needs no Prisma model: the statements alone, without that client's cost of each. */
export async function inSqlTransaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
  const client = await pool().connect();
  let broken: Error | undefined;
  // the server may go away between two statements: the next one says so, and an event that nobody hears would end the process
  const lose = (error: Error) => (broken = error);
  client.on('error', lose);
  try {
    await client.query('begin');
    const result = await work(over(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(lose);
    throw error;
  } finally {
    client.off('error', lose);
    client.release(broken);
  }
}
