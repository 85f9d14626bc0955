import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';

let counter = 0;

type Role = 'viewer' | 'editor' | 'approver' | 'admin';

/** What services take first; structurally the Context of lib/tenancy. */
export type TestContext = {
  actor: { kind: 'user'; id: string; name: string };
  role: Role;
  isOwner: boolean;
  workspaceId: string;
  workspace: { id: string; slug: string; name: string };
  now: Date;
};

/** makeWorkspace creates a workspace with its own slug, in an organization that all test workspaces share. */
export async function makeWorkspace(given: { slug?: string; name?: string } = {}): Promise<{ id: string; slug: string; name: string }> {
  const organization = (await prisma().organization.findFirst()) ?? (await prisma().organization.create({ data: { id: newId(), name: 'Tests' } }));
  const slug = given.slug ?? `space-${process.pid}-${(counter += 1)}`;
  const workspace = await prisma().workspace.create({
    data: { id: newId(), slug, name: given.name ?? slug, organizationId: organization.id },
  });
  return { id: workspace.id, slug: workspace.slug, name: workspace.name };
}

/** makeUser creates a person without a password, and a membership when a workspace and role are given. */
export async function makeUser(given: { workspaceId?: string; role?: Role; isOwner?: boolean } = {}): Promise<{ id: string; email: string; name: string }> {
  const name = `person-${(counter += 1)}`;
  const user = await prisma().user.create({
    data: { id: newId(), email: `${name}-${process.pid}@example.test`, name, isOwner: given.isOwner ?? false },
  });
  if (given.workspaceId) {
    await prisma().member.create({ data: { id: newId(), workspaceId: given.workspaceId, userId: user.id, role: given.role ?? 'viewer' } });
  }
  return { id: user.id, email: user.email, name };
}

/**
 * makeContext creates a person with a role and gives the context their calls would carry.
 * @param role the role in the workspace (default editor)
 * @param given.workspace an existing workspace; a fresh one otherwise
 */
export async function makeContext(
  role: Role = 'editor',
  given: { workspace?: { id: string; slug: string; name: string }; now?: Date } = {},
): Promise<TestContext> {
  const workspace = given.workspace ?? (await makeWorkspace());
  const user = await makeUser({ workspaceId: workspace.id, role });
  return {
    actor: { kind: 'user', id: user.id, name: user.name },
    role,
    isOwner: false,
    workspaceId: workspace.id,
    workspace,
    now: given.now ?? new Date(),
  };
}
