import type { Prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { WorkspacePatch } from '../schema';

const WORKSPACE = {
  id: true,
  slug: true,
  name: true,
  weight: true,
  maxActiveTasks: true,
  tagLimits: true,
  createdAt: true,
};
export type WorkspaceRow = Prisma.WorkspaceGetPayload<{ select: typeof WORKSPACE }>;

/** findWorkspaceBySlug reads a workspace by its slug. */
export const findWorkspaceBySlug = (db: Tx, slug: string): Promise<WorkspaceRow | null> =>
  db.workspace.findUnique({ where: { slug }, select: WORKSPACE });

/** findWorkspaceById reads a workspace. */
export const findWorkspaceById = (db: Tx, id: string): Promise<WorkspaceRow | null> =>
  db.workspace.findUnique({ where: { id }, select: WORKSPACE });

/** listWorkspaceRows lists all workspaces, or those of one person. */
export const listWorkspaceRows = (
  db: Tx,
  ofUser: string | null,
  only: string | null = null,
): Promise<WorkspaceRow[]> =>
  db.workspace.findMany({
    where: { ...(ofUser ? { members: { some: { userId: ofUser } } } : {}), ...(only ? { id: only } : {}) },
    orderBy: { name: 'asc' },
    select: WORKSPACE,
  });

/** insertWorkspace stores a new workspace. */
export const insertWorkspace = (
  tx: Tx,
  row: { id: string; organizationId: string; slug: string; name: string; createdAt: Date },
): Promise<WorkspaceRow> => tx.workspace.create({ data: row, select: WORKSPACE });

/** updateWorkspaceRow changes name and limits. */
export const updateWorkspaceRow = (tx: Tx, id: string, patch: WorkspacePatch): Promise<WorkspaceRow> =>
  tx.workspace.update({
    where: { id },
    data: {
      ...(patch.name === undefined ? {} : { name: patch.name }),
      ...(patch.weight === undefined ? {} : { weight: patch.weight }),
      ...(patch.maxActiveTasks === undefined ? {} : { maxActiveTasks: patch.maxActiveTasks }),
      ...(patch.tagLimits === undefined ? {} : { tagLimits: patch.tagLimits }),
    },
    select: WORKSPACE,
  });

/** setInferenceRetention changes how many days of predictions a workspace keeps. */
export const setInferenceRetention = async (tx: Tx, id: string, days: number): Promise<void> => {
  await tx.$executeRaw`update workspace set settings = settings || jsonb_build_object('inferenceRetentionDays', ${days}::int) where id = ${id}::uuid`;
};

/** findOrganization gives the installation's organization, if it was made. */
export const findOrganization = (db: Tx): Promise<{ id: string; name: string } | null> =>
  db.organization.findFirst({ orderBy: { createdAt: 'asc' }, select: { id: true, name: true } });

/** insertOrganization stores the organization. */
export const insertOrganization = (
  tx: Tx,
  row: { id: string; name: string; createdAt: Date },
): Promise<{ id: string; name: string }> =>
  tx.organization.create({ data: row, select: { id: true, name: true } });

/** findMembership reads a person's role in a workspace. */
export const findMembership = (
  db: Tx,
  workspaceId: string,
  userId: string,
): Promise<{ id: string; role: string } | null> =>
  db.member.findUnique({
    where: { workspaceId_userId: { workspaceId, userId } },
    select: { id: true, role: true },
  });

/** upsertMember adds a person to a workspace, or gives a new role to one who is a member already. */
export const upsertMember = async (
  tx: Tx,
  row: { id: string; workspaceId: string; userId: string; role: string; createdAt: Date },
): Promise<void> => {
  await tx.member.upsert({
    where: { workspaceId_userId: { workspaceId: row.workspaceId, userId: row.userId } },
    create: row,
    update: { role: row.role },
  });
};

/** findDemoRow finds the demo workspace in a state. */
export const findDemoRow = (db: Tx, state: 'pending' | 'ready'): Promise<WorkspaceRow | null> =>
  db.workspace.findFirst({ where: { settings: { path: ['demo'], equals: state } }, select: WORKSPACE });

/** setDemoState notes how far the demo's content is. */
export const setDemoState = async (db: Tx, id: string, state: 'pending' | 'ready'): Promise<void> => {
  await db.$executeRaw`update workspace set settings = settings || ${JSON.stringify({ demo: state })}::jsonb where id = ${id}::uuid`;
};
