import { randomBytes } from 'node:crypto';
import { AppError, conflict, notFound } from '@/lib/core/errors';
import { isId, newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/outbox/server';
import { hashToken } from '../access/token-text';
import type { Identity } from '../access/identify';
import { audit } from '../audit/service';
import { authorize, type Caller, type Context } from '../context';
import { isRole, type Role } from '../permissions';
import type { AcceptInvite, NewInvite } from '../schema';
import { findMembership, findWorkspaceById, upsertMember } from '../workspaces/store';
import { hashPassword, requireStrong } from './password';
import {
  acceptInviteRow,
  deleteInvite,
  findInviteByHash,
  findOpenInvite,
  findUserByEmail,
  insertInvite,
  insertUser,
  listInviteRows,
  type InviteRow,
  type UserRow,
} from './store';

const VALID_MS = 7 * 24 * 3_600_000;

export type InviteView = { id: string; email: string; role: string; createdAt: Date; expiresAt: Date };

/** listInvites lists invitations that were not accepted yet, expired ones included. */
export async function listInvites(ctx: Context): Promise<InviteView[]> {
  authorize(ctx, 'member:write');
  return (await listInviteRows(prisma(), ctx.workspaceId)).map(view);
}

/**
 * invite makes a link that lets one address join with a role, valid for 7 days, and mails it when mail is set up. An earlier
 * open invitation of the address ends.
 * @param origin the product's address, for the link
 * @throws AppError conflict when the person is a member already
 */
export async function invite(
  ctx: Context,
  given: NewInvite,
  origin: string,
): Promise<InviteView & { link: string }> {
  authorize(ctx, 'member:write');
  const token = randomBytes(32).toString('base64url');
  const link = `${origin}/invite/${token}`;
  return inTransaction(async (tx) => {
    const user = await findUserByEmail(tx, given.email);
    if (user && (await findMembership(tx, ctx.workspaceId, user.id))) {
      throw conflict(
        `${given.email} is a member of this workspace already. Change the role in the list of members.`,
      );
    }
    const row = await insertInvite(tx, {
      id: newId(),
      workspaceId: ctx.workspaceId,
      email: given.email,
      role: given.role,
      tokenHash: hashToken(token),
      invitedBy: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      createdAt: ctx.now,
      expiresAt: new Date(ctx.now.getTime() + VALID_MS),
    });
    await audit(tx, ctx, {
      verb: 'invite.create',
      target: 'invite',
      targetId: given.email,
      after: { role: given.role, expiresAt: row.expiresAt },
    });
    await enqueue(
      tx,
      { workspaceId: ctx.workspaceId, kind: 'mail', payload: letter(ctx, given, link) },
      ctx.now,
    );
    return { ...view(row), link };
  });
}

/** findInvite tells that an open invitation is this workspace's. @throws AppError not_found */
export async function findInvite(ctx: Context, id: string): Promise<{ id: string }> {
  const rows = isId(id) ? await listInviteRows(prisma(), ctx.workspaceId) : [];
  if (!rows.some((row) => row.id === id)) throw notFound('invitation', id);
  return { id };
}

/** withdrawInvite ends an open invitation. @throws AppError not_found */
export async function withdrawInvite(ctx: Context, id: string): Promise<void> {
  authorize(ctx, 'member:write');
  await inTransaction(async (tx) => {
    const row = isId(id) ? (await listInviteRows(tx, ctx.workspaceId)).find((r) => r.id === id) : undefined;
    if (!row || !(await deleteInvite(tx, ctx.workspaceId, id))) throw notFound('invitation', id);
    await audit(tx, ctx, {
      verb: 'invite.withdraw',
      target: 'invite',
      targetId: row.email,
      before: { role: row.role },
    });
  });
}

/** What an invitation's page shows. hasAccount: the invited person signs in instead of choosing a password. */
export type Invitation = {
  email: string;
  role: Role;
  workspace: { slug: string; name: string };
  hasAccount: boolean;
};

/** readInvite reads an invitation by its link. @throws AppError not_found with the reason (used, expired, unknown) */
export async function readInvite(token: string, now: Date): Promise<Invitation> {
  const row = await open(prisma(), token, now);
  const workspace = await findWorkspaceById(prisma(), row.workspaceId);
  if (!workspace) throw gone('The workspace of this invitation no longer exists.');
  const user = await findUserByEmail(prisma(), row.email);
  return {
    email: row.email,
    role: roleOf(row),
    workspace: { slug: workspace.slug, name: workspace.name },
    hasAccount: user !== null,
  };
}

/**
 * acceptAsNewPerson makes the invited person's account and membership.
 * @throws AppError not_found for a used or expired link, conflict when an account exists, invalid for a weak password
 */
export async function acceptAsNewPerson(
  given: AcceptInvite,
  now: Date,
): Promise<{ email: string; workspaceSlug: string }> {
  const known = await open(prisma(), given.token, now);
  requireStrong(given.password, { email: known.email, name: given.name }, 'password');
  const passwordHash = await hashPassword(given.password);
  return inTransaction(async (tx) => {
    const row = await open(tx, given.token, now);
    if (await findUserByEmail(tx, row.email))
      throw conflict(`${row.email} has an account already. Sign in to accept the invitation.`);
    const name = given.name || (row.email.split('@')[0] ?? row.email);
    const user = await insertUser(tx, {
      id: newId(),
      email: row.email,
      name,
      passwordHash,
      isOwner: false,
      createdAt: now,
    });
    return { email: row.email, workspaceSlug: await join(tx, row, user, now) };
  });
}

/** acceptAsMember lets a signed-in person accept an invitation to their own address. @throws AppError forbidden for another's */
export async function acceptAsMember(who: Identity, token: string): Promise<{ workspaceSlug: string }> {
  return inTransaction(async (tx) => {
    const row = await open(tx, token, who.now);
    const user = who.person ? await findUserByEmail(tx, who.person.email) : null;
    if (!user || user.email !== row.email) {
      throw new AppError(
        'forbidden',
        `This invitation is for ${row.email}. Sign out and sign in as ${row.email} to accept it.`,
      );
    }
    return { workspaceSlug: await join(tx, row, user, who.now) };
  });
}

/** admitInvited makes an account without a password for an address with an open invitation (sign-in by OpenID Connect). */
export async function admitInvited(email: string, name: string, now: Date): Promise<UserRow | null> {
  return inTransaction(async (tx) => {
    const row = await findOpenInvite(tx, email, now);
    if (!row) return null;
    const user = await insertUser(tx, {
      id: newId(),
      email,
      name: name || email,
      passwordHash: null,
      isOwner: false,
      createdAt: now,
    });
    await join(tx, row, user, now);
    return user;
  });
}

async function join(tx: Tx, row: InviteRow, user: UserRow, now: Date): Promise<string> {
  if (!(await acceptInviteRow(tx, row.id, now)))
    throw gone('This invitation was used already. Sign in instead.');
  const workspace = await findWorkspaceById(tx, row.workspaceId);
  if (!workspace) throw gone('The workspace of this invitation no longer exists.');
  await upsertMember(tx, {
    id: newId(),
    workspaceId: row.workspaceId,
    userId: user.id,
    role: row.role,
    createdAt: now,
  });
  const caller: Caller & { workspaceId: string } = {
    actor: { kind: 'user', id: user.id, name: user.name },
    isOwner: false,
    now,
    workspaceId: row.workspaceId,
  };
  await audit(tx, caller, {
    verb: 'invite.accept',
    target: 'member',
    targetId: user.email,
    after: { role: row.role },
  });
  return workspace.slug;
}

async function open(db: Tx, token: string, now: Date): Promise<InviteRow> {
  const row = await findInviteByHash(db, hashToken(token));
  if (!row)
    throw gone(
      'This invitation is not known. The link may be cut off, or the invitation was withdrawn. Ask for a new one.',
    );
  if (row.acceptedAt) throw gone('This invitation was used already. Sign in instead.');
  if (row.expiresAt <= now) throw gone('This invitation has expired. Ask for a new one.');
  return row;
}

const gone = (message: string) => new AppError('not_found', message);
const roleOf = (row: InviteRow): Role => (isRole(row.role) ? row.role : 'viewer');
const view = (row: InviteRow): InviteView => ({
  id: row.id,
  email: row.email,
  role: row.role,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
});

function letter(ctx: Context, given: NewInvite, link: string) {
  const text = [
    `${ctx.actor.name} invites you to the workspace "${ctx.workspace.name}" as ${given.role}.`,
    `Open this link within 7 days to join:\n${link}`,
    'If you do not know why you get this, ignore it; nothing happens.',
  ].join('\n\n');
  return { to: [given.email], subject: `Invitation to ${ctx.workspace.name} in Penstock`, text };
}
