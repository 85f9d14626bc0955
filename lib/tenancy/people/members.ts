import { AppError, notFound } from '@/lib/core/errors';
import { isId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { audit } from '../audit/service';
import { authorize, type Context } from '../context';
import type { Role } from '../permissions';
import {
  deleteMember,
  findMemberRow,
  listMemberRows,
  lockMembers,
  setMemberRole,
  type MemberRow,
} from './store';

export type MemberView = {
  id: string;
  userId: string;
  email: string;
  name: string;
  role: string;
  isOwner: boolean;
  createdAt: Date;
};

/** listMembers lists the workspace's members. */
export async function listMembers(ctx: Context): Promise<MemberView[]> {
  authorize(ctx, 'member:read');
  return (await listMemberRows(prisma(), ctx.workspaceId)).map(view);
}

/** getMember reads one member. @throws AppError not_found */
export async function getMember(ctx: Context, id: string): Promise<MemberView> {
  authorize(ctx, 'member:read');
  return view(await need(prisma(), ctx, id));
}

/** changeRole gives a member another role. @throws AppError conflict for the last admin */
export async function changeRole(ctx: Context, id: string, role: Role): Promise<MemberView> {
  authorize(ctx, 'member:write');
  return inTransaction(async (tx) => {
    const member = await needLocked(tx, ctx, id);
    if (member.role === 'admin' && role !== 'admin') await requireOtherAdmin(tx, ctx, member);
    await setMemberRole(tx, ctx.workspaceId, id, role);
    await audit(tx, ctx, {
      verb: 'member.update',
      target: 'member',
      targetId: member.user.email,
      before: { role: member.role },
      after: { role },
    });
    return { ...view(member), role };
  });
}

/** removeMember takes a member out of the workspace. @throws AppError conflict for the last admin */
export async function removeMember(ctx: Context, id: string): Promise<void> {
  authorize(ctx, 'member:write');
  await inTransaction(async (tx) => {
    const member = await needLocked(tx, ctx, id);
    if (member.role === 'admin') await requireOtherAdmin(tx, ctx, member);
    await deleteMember(tx, ctx.workspaceId, id);
    await audit(tx, ctx, {
      verb: 'member.remove',
      target: 'member',
      targetId: member.user.email,
      before: { role: member.role },
    });
  });
}

async function requireOtherAdmin(tx: Tx, ctx: Context, member: MemberRow): Promise<void> {
  const others = (await listMemberRows(tx, ctx.workspaceId)).filter(
    (m) => m.role === 'admin' && m.id !== member.id,
  );
  if (others.length === 0) {
    throw new AppError(
      'conflict',
      `${member.user.email} is the last admin of this workspace. Make somebody else admin first.`,
    );
  }
}

async function needLocked(tx: Tx, ctx: Context, id: string): Promise<MemberRow> {
  await lockMembers(tx, ctx.workspaceId);
  return need(tx, ctx, id);
}

async function need(db: Tx, ctx: Context, id: string): Promise<MemberRow> {
  const member = isId(id) ? await findMemberRow(db, ctx.workspaceId, id) : null;
  if (!member) throw notFound('member', id);
  return member;
}

const view = (row: MemberRow): MemberView => ({
  id: row.id,
  userId: row.userId,
  email: row.user.email,
  name: row.user.name,
  role: row.role,
  isOwner: row.user.isOwner,
  createdAt: row.createdAt,
});
