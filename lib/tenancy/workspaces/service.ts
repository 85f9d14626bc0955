import { conflict, notFound } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { requireOwner, type Identity } from '../access/identify';
import { audit } from '../audit/service';
import { authorize, systemContext, type Caller, type Context } from '../context';
import { slugSchema, type NewWorkspace, type WorkspacePatch, type WorkspaceView } from '../schema';
import {
  findDemoRow,
  findOrganization,
  findWorkspaceById,
  findWorkspaceBySlug,
  insertOrganization,
  insertWorkspace,
  listWorkspaceRows,
  setDemoState,
  setInferenceRetention,
  updateWorkspaceRow,
  upsertMember,
  type WorkspaceRow,
} from './store';

const DEMO = { slug: 'demo', name: 'Demo' };

/** listWorkspaces lists what the caller may enter: an owner all, a person theirs, a token its own. */
export async function listWorkspaces(who: Identity): Promise<WorkspaceView[]> {
  const rows = who.isOwner
    ? await listWorkspaceRows(prisma(), null)
    : who.token
      ? await listWorkspaceRows(prisma(), null, who.token.workspaceId)
      : await listWorkspaceRows(prisma(), who.person?.id ?? null);
  return rows.map(view);
}

/**
 * createWorkspace makes an empty workspace; a person who creates it becomes its admin.
 * @throws AppError forbidden for others than owners, conflict when the slug is taken
 */
export async function createWorkspace(who: Identity, given: NewWorkspace): Promise<WorkspaceView> {
  requireOwner(who);
  return inTransaction(async (tx) => {
    const { organization } = await ensureOrganization(tx, who.now);
    return view(await addWorkspace(tx, who, organization.id, given, {}, who.person?.id));
  });
}

/**
 * createDemoWorkspace makes workspace `demo` and fills it with `seed`. When filling fails, the next call fills it again.
 * @param seed makes the demo's files and pipelines; must be repeatable
 */
export async function createDemoWorkspace(
  who: Identity,
  seed: (ctx: Context) => Promise<void>,
): Promise<WorkspaceView> {
  requireOwner(who);
  const row = await inTransaction(async (tx) => {
    const { organization } = await ensureOrganization(tx, who.now);
    const present = await findWorkspaceBySlug(tx, DEMO.slug);
    return (
      present ?? (await addWorkspace(tx, who, organization.id, DEMO, { demo: 'pending' }, who.person?.id))
    );
  });
  const pending = await findDemoToSeed();
  if (pending?.id === row.id) {
    await seed(systemContext(pending, who.now));
    await markDemoSeeded(row.id);
  }
  return view(row);
}

/** findDemoToSeed gives the demo workspace whose content is still to be made, or null. */
export async function findDemoToSeed(): Promise<{ id: string; slug: string; name: string } | null> {
  const row = await findDemoRow(prisma(), 'pending');
  return row && { id: row.id, slug: row.slug, name: row.name };
}

/** markDemoSeeded notes that the demo's content was made. */
export const markDemoSeeded = (workspaceId: string): Promise<void> =>
  setDemoState(prisma(), workspaceId, 'ready');

/** getWorkspace reads the workspace. */
export async function getWorkspace(ctx: Context): Promise<WorkspaceView> {
  authorize(ctx, 'workspace:read');
  const row = await findWorkspaceById(prisma(), ctx.workspaceId);
  if (!row) throw notFound('workspace', ctx.workspace.slug);
  return view(row);
}

/** updateWorkspace changes a workspace's name, share and limits. */
export async function updateWorkspace(ctx: Context, patch: WorkspacePatch): Promise<WorkspaceView> {
  authorize(ctx, 'workspace:write');
  return inTransaction(async (tx) => {
    const before = await findWorkspaceById(tx, ctx.workspaceId);
    const after = await updateWorkspaceRow(tx, ctx.workspaceId, patch);
    const days = patch.inferenceRetentionDays;
    if (days !== undefined) await setInferenceRetention(tx, ctx.workspaceId, days);
    await audit(tx, ctx, {
      verb: 'workspace.update',
      target: 'workspace',
      targetId: after.slug,
      before: before && limits(before),
      after: { ...limits(after), ...(days === undefined ? {} : { inferenceRetentionDays: days }) },
    });
    return view(after);
  });
}

/** ensureOrganization gives the installation's organization, making it at the first use. */
export async function ensureOrganization(
  tx: Tx,
  now: Date,
): Promise<{ organization: { id: string; name: string }; isNew: boolean }> {
  const present = await findOrganization(tx);
  if (present) return { organization: present, isNew: false };
  return {
    organization: await insertOrganization(tx, { id: newId(), name: 'Organization', createdAt: now }),
    isNew: true,
  };
}

/** addWorkspace stores a workspace with its audit line, and its first admin when one is given. */
export async function addWorkspace(
  tx: Tx,
  caller: Caller,
  organizationId: string,
  given: NewWorkspace,
  settings: { demo?: 'pending' },
  adminId?: string,
): Promise<WorkspaceRow> {
  const slug = slugSchema.parse(given.slug);
  if (await findWorkspaceBySlug(tx, slug))
    throw conflict(`A workspace "${slug}" exists already. Choose another slug.`, { path: 'slug' });
  const row = await insertWorkspace(tx, {
    id: newId(),
    organizationId,
    slug,
    name: given.name,
    createdAt: caller.now,
  });
  if (settings.demo) await setDemoState(tx, row.id, settings.demo);
  if (adminId)
    await upsertMember(tx, {
      id: newId(),
      workspaceId: row.id,
      userId: adminId,
      role: 'admin',
      createdAt: caller.now,
    });
  await audit(
    tx,
    { ...caller, workspaceId: row.id },
    { verb: 'workspace.create', target: 'workspace', targetId: slug, after: { slug, name: given.name } },
  );
  return row;
}

const limits = ({ name, weight, maxActiveTasks, tagLimits }: WorkspaceRow) => ({
  name,
  weight,
  maxActiveTasks,
  tagLimits,
});

const view = (row: WorkspaceRow): WorkspaceView => ({
  slug: row.slug,
  name: row.name,
  weight: row.weight,
  maxActiveTasks: row.maxActiveTasks,
  tagLimits: row.tagLimits as Record<string, number>,
  createdAt: row.createdAt,
});
