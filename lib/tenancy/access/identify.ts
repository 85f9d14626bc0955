import { isId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { prisma } from '@/lib/db/client';
import { AppError } from '@/lib/core/errors';
import type { Caller, Context } from '../context';
import { isRole, type Role } from '../permissions';
import { ownersOnly, signedOut } from '../refusals';
import { findEntry, findSession, findTokenByHash, touchSession, touchToken, type Entry } from './store';
import { hashToken, isTokenText } from './token-text';

/** A session lasts this long after its sign-in, whatever the cookie says. */
export const SESSION_MS = 30 * 24 * 3_600_000;
const TOUCH_MS = 60_000;

/** Who calls: a person in a session, or a token bound to a workspace (null: the organization's). */
export type Identity = Caller & {
  person: { id: string; email: string; name: string; hasPassword: boolean } | null;
  sessionId: string | null;
  token: { id: string; workspaceId: string | null; role: Role } | null;
  /** the workspace of this call, when it was read together with who calls */
  entry: Entry | null;
};

export type Moment = { now: Date; requestId?: string; ip?: string };

/**
 * identifyToken finds out who holds an API token.
 * @param slug of the workspace that enterWorkspace is asked for next
 * @throws AppError unauthorized when it is malformed, unknown, revoked or expired
 */
export async function identifyToken(text: string, at: Moment, slug: string | null = null): Promise<Identity> {
  if (!isTokenText(text))
    throw signedOut(
      'This is not an API token. A token starts with pst_ and is sent as "Authorization: Bearer pst_…".',
    );
  const row = await findTokenByHash(hashToken(text), slug);
  if (!row || !isRole(row.role))
    throw signedOut('This API token is not known. Create one in Settings, Tokens.');
  if (row.revokedAt)
    throw signedOut(`The API token "${row.name}" was revoked. Create a new one in Settings, Tokens.`);
  if (row.expiresAt && row.expiresAt <= at.now)
    throw signedOut(
      `The API token "${row.name}" expired on ${row.expiresAt.toISOString()}. Create a new one in Settings, Tokens.`,
    );
  if (!row.lastUsedAt || at.now.getTime() - row.lastUsedAt.getTime() > TOUCH_MS)
    keep(touchToken(row.id, at.now));
  return {
    ...at,
    actor: { kind: 'token', id: row.id, name: row.name },
    isOwner: row.workspaceId === null,
    person: null,
    sessionId: null,
    token: { id: row.id, workspaceId: row.workspaceId, role: row.role },
    entry: row.entry,
  };
}

/**
 * identifySession finds out whose session this is.
 * @param slug of the workspace that enterWorkspace is asked for next
 * @throws AppError unauthorized when it is unknown, revoked, too old, or its person was disabled
 */
export async function identifySession(sessionId: string, at: Moment, slug: string | null = null): Promise<Identity> {
  const row = isId(sessionId) ? await findSession(sessionId, slug) : null;
  if (!row || row.revokedAt || row.disabledAt) throw signedOut('You were signed out. Sign in again.');
  if (at.now.getTime() - row.createdAt.getTime() > SESSION_MS)
    throw signedOut('Your session is over after 30 days. Sign in again.');
  if (at.now.getTime() - row.lastSeenAt.getTime() > TOUCH_MS) keep(touchSession(prisma(), row.id, at.now));
  const { userId: id, email, name, isOwner, hasPassword } = row;
  return {
    ...at,
    actor: { kind: 'user', id, name: name || email },
    isOwner,
    person: { id, email, name, hasPassword },
    sessionId: row.id,
    token: null,
    entry: row.entry,
  };
}

/**
 * enterWorkspace gives the caller's context in a workspace.
 * @throws AppError not_found when there is no such workspace for this caller; unknown and foreign look the same
 */
export async function enterWorkspace(who: Identity, slug: string): Promise<Context> {
  const entry = who.entry?.slug === slug ? who.entry : await findEntry(slug, who.person?.id ?? null);
  const { workspace } = entry;
  const role = workspace ? roleIn(who, workspace.id, entry.memberRole) : null;
  if (!workspace || !role)
    throw new AppError('not_found', `There is no workspace "${slug}", or you are not a member of it.`);
  return {
    actor: who.actor,
    isOwner: who.isOwner,
    now: who.now,
    role,
    workspaceId: workspace.id,
    workspace,
    ...(who.requestId === undefined ? {} : { requestId: who.requestId }),
    ...(who.ip === undefined ? {} : { ip: who.ip }),
  };
}

/** requireOwner refuses who is not an owner of the organization. */
export function requireOwner(who: Caller): void {
  if (!who.isOwner) throw ownersOnly();
}

function roleIn(who: Identity, workspaceId: string, memberRole: string | null): Role | null {
  if (who.isOwner) return 'admin';
  if (who.token) return who.token.workspaceId === workspaceId ? who.token.role : null;
  return memberRole !== null && isRole(memberRole) ? memberRole : null;
}

/** keep lets a note about use be written beside the call; losing one does no harm. */
function keep(work: Promise<void>): void {
  work.catch((error: unknown) => log.debug({ err: error }, 'last use was not noted'));
}
