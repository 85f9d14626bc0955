import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { Context } from '../context';
import { may, type Permission, type Role } from '../permissions';
import { listMemberRows } from './store';

/** Who acts, for decisions that are bound to somebody: ids that are theirs, and the names they are listed by. */
export type Principal = { ids: string[]; names: string[] };

/**
 * principalOf says who acts: a person by id and e-mail address; a token by its own id and name, and also as the person who made it, so
 * that nobody becomes a second person by a token of their own.
 */
export async function principalOf(ctx: Pick<Context, 'actor'>): Promise<Principal> {
  const { kind, id, name } = ctx.actor;
  if (id === null || kind === 'system') return { ids: [], names: [] };
  if (kind === 'token') {
    const token = await prisma().apiToken.findUnique({ where: { id }, select: { createdBy: true } });
    return { ids: [id, ...(token?.createdBy ? [token.createdBy] : [])], names: [name] };
  }
  const user = await prisma().user.findUnique({ where: { id }, select: { email: true } });
  return { ids: [id], names: user ? [user.email] : [] };
}

/** membersWhoMay gives the e-mail addresses of a workspace's members whose role includes a permission. */
export async function membersWhoMay(tx: Tx, workspaceId: string, permission: Permission): Promise<string[]> {
  return (await listMemberRows(tx, workspaceId)).filter((member) => may(member.role as Role, permission)).map((member) => member.user.email);
}
