import { Prisma, prisma } from '@/lib/db/client';
import type { Json } from '@/lib/core/json';

export type RememberedCall = {
  call: string;
  bodyHash: string;
  status: number | null;
  response: Json;
  createdAt: Date;
};

/** claimKey remembers that a call with this key began. @returns the earlier call when the key was used before */
export async function claimKey(
  workspaceId: string,
  key: string,
  call: string,
  bodyHash: string,
  now: Date,
): Promise<RememberedCall | null> {
  const { count } = await prisma().idempotencyKey.createMany({
    data: [{ workspaceId, key, call, bodyHash, createdAt: now }],
    skipDuplicates: true,
  });
  if (count === 1) return null;
  const row = await prisma().idempotencyKey.findUnique({ where: { workspaceId_key: { workspaceId, key } } });
  return (
    row && {
      call: row.call,
      bodyHash: row.bodyHash,
      status: row.status,
      response: row.response as Json,
      createdAt: row.createdAt,
    }
  );
}

/** reclaimKey takes over a key whose call never ended. @returns false when another call was faster */
export async function reclaimKey(workspaceId: string, key: string, seen: Date, now: Date): Promise<boolean> {
  const { count } = await prisma().idempotencyKey.updateMany({
    where: { workspaceId, key, status: null, createdAt: seen },
    data: { createdAt: now },
  });
  return count === 1;
}

/** keepAnswer stores what the call answered, for its repetitions. */
export async function keepAnswer(
  workspaceId: string,
  key: string,
  status: number,
  response: Json,
): Promise<void> {
  await prisma().idempotencyKey.update({
    where: { workspaceId_key: { workspaceId, key } },
    data: { status, response: response === null ? Prisma.JsonNull : response },
  });
}

/** releaseKey forgets a call that failed, so that it may be repeated. */
export async function releaseKey(workspaceId: string, key: string): Promise<void> {
  await prisma().idempotencyKey.deleteMany({ where: { workspaceId, key, status: null } });
}
