import type { Prisma } from '@/prisma/generated/client';
import { prisma } from './client';

/** Tx is what a store function takes when its writes belong to somebody's transaction. Raw SQL: tx.$queryRaw. */
export type Tx = Prisma.TransactionClient;

/**
 * inTransaction runs `work` in one database transaction; a thrown error rolls everything back and is passed on.
 * @param timeoutMs how long the work may take before it is rolled back (default 15 s)
 */
export function inTransaction<T>(work: (tx: Tx) => Promise<T>, timeoutMs = 15_000): Promise<T> {
  return prisma().$transaction(work, { timeout: timeoutMs, maxWait: 15_000 });
}
