import path from 'node:path';
import { env } from '@/lib/core/env';
import { localStore } from './local-store';
import { type Store } from './object-store';
import { readAddress } from './s3/address';
import { s3Store } from './s3/store';

/** A page is not waited for as long as a task may wait for its files, in milliseconds. */
const WEB_PATIENCE_MS = 8_000;

let opened: { place: string; store: Store } | undefined;

/** storeRoot is the folder of the local store. */
export const storeRoot = (): string => path.join(env().PENSTOCK_HOME, 'store');

/** store is this installation's store of data files: a folder of PENSTOCK_HOME, or the bucket that PENSTOCK_STORE names. */
export function store(): Store {
  const { PENSTOCK_STORE, PENSTOCK_HOME, PENSTOCK_STORE_CACHE_MB } = env();
  const place = `${PENSTOCK_STORE ?? ''} ${PENSTOCK_HOME}`;
  if (opened?.place !== place) {
    const cache = { folder: path.join(PENSTOCK_HOME, 'cache'), maxBytes: PENSTOCK_STORE_CACHE_MB * 1024 * 1024 };
    const patience = process.env.PENSTOCK_PROCESS === 'web' ? { patienceMs: WEB_PATIENCE_MS } : {};
    opened = { place, store: PENSTOCK_STORE === undefined ? localStore(storeRoot()) : s3Store({ address: readAddress(PENSTOCK_STORE, process.env), cache, ...patience }) };
  }
  return opened.store;
}
