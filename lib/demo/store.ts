import { prisma } from '@/lib/db/client';

/** findDemoWorkspaceId gives the workspace that was made as the demo, or null. A workspace merely called "demo" is not it. */
export async function findDemoWorkspaceId(): Promise<string | null> {
  const row = await prisma().workspace.findFirst({
    where: { OR: ['pending', 'ready'].map((state) => ({ settings: { path: ['demo'], equals: state } })) },
    select: { id: true },
  });
  return row?.id ?? null;
}
