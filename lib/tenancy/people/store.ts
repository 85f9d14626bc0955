import type { Tx } from '@/lib/db/transaction';

export type UserRow = {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  isOwner: boolean;
  disabledAt: Date | null;
};
const USER = { id: true, email: true, name: true, passwordHash: true, isOwner: true, disabledAt: true };

/** countOwners counts the organization's owners. */
export const countOwners = (db: Tx): Promise<number> => db.user.count({ where: { isOwner: true } });

/** findUserByEmail reads a person by e-mail (lower case). */
export const findUserByEmail = (db: Tx, email: string): Promise<UserRow | null> =>
  db.user.findUnique({ where: { email }, select: USER });

/** findUser reads a person. */
export const findUser = (db: Tx, id: string): Promise<UserRow | null> =>
  db.user.findUnique({ where: { id }, select: USER });

/** insertUser stores a new person. */
export const insertUser = (
  tx: Tx,
  row: {
    id: string;
    email: string;
    name: string;
    passwordHash: string | null;
    isOwner: boolean;
    createdAt: Date;
  },
): Promise<UserRow> => tx.user.create({ data: row, select: USER });

/** setPasswordHash replaces a person's password. */
export const setPasswordHash = async (tx: Tx, id: string, passwordHash: string): Promise<void> => {
  await tx.user.update({ where: { id }, data: { passwordHash } });
};

/** lockSetup lets one transaction at a time look for an owner and make the first one. */
export const lockSetup = async (tx: Tx): Promise<void> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('penstock first owner', 0))`;
};

export type MemberRow = {
  id: string;
  userId: string;
  role: string;
  createdAt: Date;
  user: { email: string; name: string; isOwner: boolean };
};
const MEMBER = {
  id: true,
  userId: true,
  role: true,
  createdAt: true,
  user: { select: { email: true, name: true, isOwner: true } },
};

/** lockMembers keeps others from changing a workspace's members until this transaction ends. */
export const lockMembers = async (tx: Tx, workspaceId: string): Promise<void> => {
  await tx.$executeRaw`select id from member where workspace_id = ${workspaceId}::uuid for update`;
};

/** listMemberRows lists a workspace's members by name. */
export const listMemberRows = (db: Tx, workspaceId: string): Promise<MemberRow[]> =>
  db.member.findMany({ where: { workspaceId }, orderBy: [{ user: { email: 'asc' } }], select: MEMBER });

/** findMemberRow reads one member of a workspace. */
export const findMemberRow = (db: Tx, workspaceId: string, id: string): Promise<MemberRow | null> =>
  db.member.findFirst({ where: { id, workspaceId }, select: MEMBER });

/** setMemberRole gives a member another role. */
export const setMemberRole = async (tx: Tx, workspaceId: string, id: string, role: string): Promise<void> => {
  await tx.member.updateMany({ where: { id, workspaceId }, data: { role } });
};

/** deleteMember takes a member out of a workspace. */
export const deleteMember = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.member.deleteMany({ where: { id, workspaceId } });
};

export type InviteRow = {
  id: string;
  workspaceId: string;
  email: string;
  role: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  createdAt: Date;
};
const INVITE = {
  id: true,
  workspaceId: true,
  email: true,
  role: true,
  expiresAt: true,
  acceptedAt: true,
  createdAt: true,
};

/** insertInvite stores an invitation; earlier open ones to the same address end. */
export const insertInvite = async (
  tx: Tx,
  row: {
    id: string;
    workspaceId: string;
    email: string;
    role: string;
    tokenHash: string;
    invitedBy: string | null;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<InviteRow> => {
  await tx.invite.deleteMany({ where: { workspaceId: row.workspaceId, email: row.email, acceptedAt: null } });
  return tx.invite.create({ data: row, select: INVITE });
};

/** listInviteRows lists a workspace's open invitations, newest first. */
export const listInviteRows = (db: Tx, workspaceId: string): Promise<InviteRow[]> =>
  db.invite.findMany({ where: { workspaceId, acceptedAt: null }, orderBy: { id: 'desc' }, select: INVITE });

/** findInviteByHash reads an invitation by its link. */
export const findInviteByHash = (db: Tx, tokenHash: string): Promise<InviteRow | null> =>
  db.invite.findUnique({ where: { tokenHash }, select: INVITE });

/** findOpenInvite reads the newest open invitation of an address. */
export const findOpenInvite = (db: Tx, email: string, now: Date): Promise<InviteRow | null> =>
  db.invite.findFirst({
    where: { email, acceptedAt: null, expiresAt: { gt: now } },
    orderBy: { id: 'desc' },
    select: INVITE,
  });

/** acceptInviteRow marks an invitation as used. @returns false when somebody used it meanwhile */
export const acceptInviteRow = async (tx: Tx, id: string, now: Date): Promise<boolean> =>
  (await tx.invite.updateMany({ where: { id, acceptedAt: null }, data: { acceptedAt: now } })).count === 1;

/** deleteInvite withdraws an open invitation. @returns false when there is none */
export const deleteInvite = async (tx: Tx, workspaceId: string, id: string): Promise<boolean> =>
  (await tx.invite.deleteMany({ where: { id, workspaceId, acceptedAt: null } })).count === 1;
