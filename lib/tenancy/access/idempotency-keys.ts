import { prisma } from '@/lib/db/client';

/** forgetOldKeys removes keys older than `before`. @returns how many */
export async function forgetOldKeys(before: Date): Promise<number> {
  return (await prisma().idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } })).count;
}
