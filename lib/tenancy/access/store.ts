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

/** A workspace as the caller wants to enter it: null when there is none. memberRole: the person's, null for no member and for tokens. */
export type Entry = { slug: string; workspace: { id: string; slug: string; name: string } | null; memberRole: string | null };

type EntryRow = { enteredId: string | null; enteredSlug: string; enteredName: string; memberRole: string | null };
const ENTERED = 'w.id as "enteredId", w.slug as "enteredSlug", w.name as "enteredName"';

const entryOf = (slug: string, row: EntryRow | undefined): Entry => ({
  slug,
  workspace: row?.enteredId ? { id: row.enteredId, slug: row.enteredSlug, name: row.enteredName } : null,
  memberRole: row?.memberRole ?? null,
});

/**
 * findTokenByHash reads a token by what is stored of it, together with the workspace that its call is for. Every call asks this, so it is
 * one prepared statement; nothing of it is kept, so that a revoked token ends at once.
 * @param slug the workspace's; null for calls above workspaces
 */
export async function findTokenByHash(tokenHash: string, slug: string | null): Promise<(TokenRow & { entry: Entry | null }) | null> {
  const { rows } = await pool().query<TokenRow & EntryRow>({
    name: 'penstock_token',
    text: `select t.id, t.workspace_id as "workspaceId", t.name, t.role, t.prefix, t.created_by as "createdBy", t.created_at as "createdAt",
             t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt", t.revoked_at as "revokedAt", ${ENTERED}, null as "memberRole"
           from api_token t left join workspace w on w.slug = $2 where t.token_hash = $1`,
    values: [tokenHash, slug],
  });
  return rows[0] ? { ...rows[0], entry: slug === null ? null : entryOf(slug, rows[0]) } : null;
}

/** findEntry reads a workspace by its slug with a person's role in it. */
export async function findEntry(slug: string, userId: string | null): Promise<Entry> {
  const { rows } = await pool().query<EntryRow>({
    name: 'penstock_entry',
    text: `select ${ENTERED}, m.role as "memberRole" from workspace w left join member m on m.workspace_id = w.id and m.user_id = $2::uuid
           where w.slug = $1`,
    values: [slug, userId],
  });
  return entryOf(slug, rows[0]);
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

type PersonRow = { email: string; name: string; isOwner: boolean; disabledAt: Date | null; hasPassword: boolean };

/** findSession reads a session with its person and the workspace that its call is for, as findTokenByHash. */
export async function findSession(id: string, slug: string | null): Promise<(SessionRow & PersonRow & { entry: Entry | null }) | null> {
  const { rows } = await pool().query<SessionRow & PersonRow & EntryRow>({
    name: 'penstock_session',
    text: `select s.id, s.user_id as "userId", s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.revoked_at as "revokedAt",
             s.user_agent as "userAgent", s.ip, u.email, u.name, u.is_owner as "isOwner", u.disabled_at as "disabledAt",
             u.password_hash is not null as "hasPassword", ${ENTERED}, m.role as "memberRole"
           from user_session s join user_account u on u.id = s.user_id
             left join workspace w on w.slug = $2 left join member m on m.workspace_id = w.id and m.user_id = s.user_id
           where s.id = $1::uuid`,
    values: [id, slug],
  });
  return rows[0] ? { ...rows[0], entry: slug === null ? null : entryOf(slug, rows[0]) } : null;
}

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
