import { prisma } from '@/lib/db/client';
import { type Tx } from '@/lib/db/transaction';

/** saveFile records an uploaded file; one of the same path is replaced. @returns what stood there before */
export async function saveFile(tx: Tx, workspaceId: string, file: { path: string; bytes: number; sha256: string; uploadedBy: string | null; now: Date }) {
  const place = { workspaceId_path: { workspaceId, path: file.path } };
  const before = await tx.workspaceFile.findUnique({ where: place });
  const data = { bytes: BigInt(file.bytes), sha256: file.sha256, uploadedBy: file.uploadedBy, updatedAt: file.now };
  await tx.workspaceFile.upsert({ where: place, create: { workspaceId, path: file.path, ...data }, update: data });
  return before;
}

export async function filePage(workspaceId: string, given: { after: string | null; limit: number; prefix: string | null }) {
  return prisma().workspaceFile.findMany({
    where: { workspaceId, path: { ...(given.after === null ? {} : { gt: given.after }), ...(given.prefix === null ? {} : { startsWith: given.prefix }) } },
    orderBy: { path: 'asc' },
    take: given.limit,
  });
}

export async function allPaths(workspaceId: string): Promise<string[]> {
  return (await prisma().workspaceFile.findMany({ where: { workspaceId }, select: { path: true }, orderBy: { path: 'asc' }, take: 100_000 })).map((row) => row.path);
}

/** filesAfter lists the files whose path begins so, with when they came. */
export async function filesAfter(workspaceId: string, prefix: string): Promise<{ path: string; updatedAt: Date }[]> {
  return prisma().workspaceFile.findMany({
    where: { workspaceId, path: { startsWith: prefix } },
    select: { path: true, updatedAt: true },
    orderBy: { path: 'asc' },
    take: 100_000,
  });
}

export async function fileByPath(workspaceId: string, path: string) {
  return prisma().workspaceFile.findUnique({ where: { workspaceId_path: { workspaceId, path } } });
}

/** clashingPath finds a file that stands where a new one needs a folder, or below the new one. @param folders the new one's folders */
export async function clashingPath(workspaceId: string, path: string, folders: string[]): Promise<string | null> {
  const found = await prisma().workspaceFile.findFirst({ where: { workspaceId, OR: [{ path: { in: folders } }, { path: { startsWith: `${path}/` } }] }, select: { path: true } });
  return found?.path ?? null;
}

export async function removeFile(tx: Tx, workspaceId: string, path: string): Promise<boolean> {
  return (await tx.workspaceFile.deleteMany({ where: { workspaceId, path } })).count > 0;
}
