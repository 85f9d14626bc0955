import { env } from '@/lib/core/env';
import { AppError } from '@/lib/core/errors';
import { Failure } from '../client/failure';

/**
 * reachStore refuses to start anything that could not read or write its files: it writes, reads and deletes a small object when
 * PENSTOCK_STORE is set.
 * @throws Failure with the sentence
 */
export async function reachStore(): Promise<void> {
  if (env().PENSTOCK_STORE === undefined) return;
  const { store } = await import('@/lib/datasets/server');
  try {
    await store().examine();
  } catch (error) {
    throw error instanceof AppError ? new Failure(error.message) : error;
  }
}
