import { env } from '@/lib/core/env';
import { findEmbedded } from '@/lib/db/embedded';
import { setDatabaseUrl } from '@/lib/db/pool';
import { Failure } from '../client/failure';

/**
 * joinDatabase gives a single process (`penstock web`, `penstock worker`) its database: DATABASE_URL, or the embedded server
 * of the product that runs on this PENSTOCK_HOME.
 * @throws Failure when there is neither
 */
export function joinDatabase(): Promise<void> {
  const url = env().DATABASE_URL ?? findEmbedded(env().PENSTOCK_HOME);
  if (!url) return Promise.reject(new Failure(`No database: set DATABASE_URL, or start the product of ${env().PENSTOCK_HOME} with \`npm start\` first.`));
  setDatabaseUrl(url);
  // The page renderer of a bundle decides by this variable, which a shell rarely sets.
  Object.assign(process.env, { NODE_ENV: 'production' });
  return Promise.resolve();
}
