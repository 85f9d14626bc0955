import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { findEmbedded, startEmbedded, type Embedded } from '@/lib/db/embedded';

/** The database of a running product; `stop` is a no-op for one that is not ours. */
export type HeldDatabase = { url: string; notices: string[]; stop(): Promise<void> };

const RETRIES = 20;

/** holdDatabase uses DATABASE_URL, or starts the embedded PostgreSQL and keeps it alive until `stop`. */
export async function holdDatabase(): Promise<HeldDatabase> {
  const { DATABASE_URL, PENSTOCK_HOME } = env();
  if (DATABASE_URL) return { url: DATABASE_URL, notices: [], stop: () => Promise.resolve() };
  let server = await startEmbedded(PENSTOCK_HOME);
  let stopping = false;

  const watch = async (running: Embedded): Promise<void> => {
    await running.ended;
    if (stopping) return;
    log.warn('the embedded PostgreSQL ended by itself and is started again');
    server = await startAgain(PENSTOCK_HOME, running.port);
    if (stopping) await server.stop();
    else void watch(server).catch(giveUp);
  };
  const giveUp = (error: unknown) => {
    log.error({ err: error }, 'the embedded PostgreSQL could not be started again');
    process.kill(process.pid, 'SIGTERM');
  };
  void watch(server).catch(giveUp);

  return {
    url: server.url,
    notices: server.notices,
    stop: async () => {
      stopping = true;
      await server.stop();
    },
  };
}

/** The sessions of a killed server hold its memory for a moment, and a new one refuses to start until they are gone. */
async function startAgain(home: string, port: number): Promise<Embedded> {
  for (let tried = 1; ; tried++) {
    try {
      return await startEmbedded(home, { port });
    } catch (error) {
      if (tried === RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

/**
 * withDatabase lends a command the product's database: DATABASE_URL, the embedded server of a running product, or one that
 * is started for this command and stopped after it.
 */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { DATABASE_URL, PENSTOCK_HOME } = env();
  const known = DATABASE_URL ?? findEmbedded(PENSTOCK_HOME);
  if (known) return work(known);
  const server = await startEmbedded(PENSTOCK_HOME);
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}
