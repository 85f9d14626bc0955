import { type Prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import type { Tx } from '@/lib/db/transaction';
import type { Role } from '../permissions';

export type TokenRow = {
  id: string;
  workspaceId: string | null;
  name: string;
  role: string;
  prefix: string;
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

const TOKEN = {
  id: true,
  workspaceId: true,
  name: true,
  role: true,
  prefix: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
};

/** findTokenByHash reads a token by what is stored of it. Every call asks this, so it is a prepared statement: 0.5 ms, 1.7 by the client. */
export async function findTokenByHash(tokenHash: string): Promise<TokenRow | null> {
  const { rows } = await pool().query<TokenRow>({
    name: 'penstock_token',
    text: `select id, workspace_id as "workspaceId", name, role, prefix, created_by as "createdBy", created_at as "createdAt",
             expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"
           from api_token where token_hash = $1`,
    values: [tokenHash],
  });
  return rows[0] ?? null;
}

/** insertToken stores a new token; workspaceId null spans the organization. */
export const insertToken = (
  tx: Tx,
  row: {
    id: string;
    workspaceId: string | null;
    name: string;
    role: Role;
    tokenHash: string;
    prefix: string;
    createdBy: string | null;
    createdAt: Date;
    expiresAt: Date | null;
  },
): Promise<TokenRow> => tx.apiToken.create({ data: row, select: TOKEN });

/** listTokenRows lists a workspace's tokens that are not revoked, newest first. */
export const listTokenRows = (db: Tx, workspaceId: string): Promise<TokenRow[]> =>
  db.apiToken.findMany({ where: { workspaceId, revokedAt: null }, orderBy: { id: 'desc' }, select: TOKEN });

/** findTokenRow reads one token of a workspace. */
export const findTokenRow = (db: Tx, workspaceId: string, id: string): Promise<TokenRow | null> =>
  db.apiToken.findFirst({ where: { id, workspaceId, revokedAt: null }, select: TOKEN });

/** findTokenCreator reads who made a token, revoked ones too; null for other ids and for tokens that no person made. */
export const findTokenCreator = async (db: Tx, id: string): Promise<string | null> =>
  (await db.apiToken.findUnique({ where: { id }, select: { createdBy: true } }))?.createdBy ?? null;

/** revokeTokenRow ends a token; it stays stored so that the audit's ids keep their meaning. */
export const revokeTokenRow = async (tx: Tx, workspaceId: string, id: string, now: Date): Promise<void> => {
  await tx.apiToken.updateMany({ where: { id, workspaceId }, data: { revokedAt: now } });
};

/** touchToken remembers when a token was last used; by a plain statement, so that the gateway needs no client for it. */
export const touchToken = async (id: string, now: Date): Promise<void> => {
  await pool().query('update api_token set last_used_at = $2 where id = $1', [id, now]);
};

export type SessionRow = {
  id: string;
  userId: string;
  createdAt: Date;
  lastSeenAt: Date;
  revokedAt: Date | null;
  userAgent: string | null;
  ip: string | null;
};

const PERSON = {
  id: true,
  email: true,
  name: true,
  isOwner: true,
  disabledAt: true,

  passwordHash: true,
};
export type SessionPerson = Prisma.UserGetPayload<{ select: typeof PERSON }>;

/** findSession reads a session with its person. */
export const findSession = (db: Tx, id: string): Promise<(SessionRow & { user: SessionPerson }) | null> =>
  db.userSession.findUnique({ where: { id }, include: { user: { select: PERSON } } });

/** insertSession stores a new sign-in. */
export const insertSession = async (
  tx: Tx,
  row: {
    id: string;
    userId: string;
    createdAt: Date;
    lastSeenAt: Date;
    userAgent: string | null;
    ip: string | null;
  },
): Promise<void> => {
  await tx.userSession.create({ data: row });
};

/** touchSession remembers when a session was last seen. */
export const touchSession = async (db: Tx, id: string, now: Date): Promise<void> => {
  await db.userSession.updateMany({ where: { id }, data: { lastSeenAt: now } });
};

/** listSessionRows lists a person's sessions that are not revoked, last seen first. */
export const listSessionRows = (db: Tx, userId: string, since: Date): Promise<SessionRow[]> =>
  db.userSession.findMany({
    where: { userId, revokedAt: null, createdAt: { gt: since } },
    orderBy: { lastSeenAt: 'desc' },
  });

/** revokeSessionRows ends a person's sessions: one, or all but one. @returns how many ended */
export const revokeSessionRows = async (
  tx: Tx,
  userId: string,
  which: { only: string } | { except: string | null },
  now: Date,
): Promise<number> => {
  const id = 'only' in which ? which.only : which.except === null ? undefined : { not: which.except };
  const { count } = await tx.userSession.updateMany({
    where: { userId, revokedAt: null, ...(id === undefined ? {} : { id }) },
    data: { revokedAt: now },
  });
  return count;
};
