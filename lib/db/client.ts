import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@/prisma/generated/client';
import { onPoolClose, pool } from './pool';

export { Prisma } from '@/prisma/generated/client';
export type { PrismaClient } from '@/prisma/generated/client';

const held = ((globalThis as { __penstockPrisma?: { client: PrismaClient | undefined } }).__penstockPrisma ??= {
  client: undefined,
});

/** prisma is the process's Prisma client, over the same connections as `pool()`. */
export function prisma(): PrismaClient {
  held.client ??= new PrismaClient({ adapter: new PrismaPg(pool()) });
  return held.client;
}

onPoolClose(async () => {
  const { client } = held;
  held.client = undefined;
  await client?.$disconnect();
});
