import { AppError, notFound } from '@/lib/core/errors';
import { isId, newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { audit } from '../audit/service';
import { authorize, type Context } from '../context';
import type { NewToken } from '../schema';
import { findTokenCreator, findTokenRow, insertToken, listTokenRows, revokeTokenRow, type TokenRow } from './store';
import { hashToken, newTokenText, tokenPrefix } from './token-text';

export type TokenView = {
  id: string;
  name: string;
  role: string;
  prefix: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
};

/** listTokens lists the workspace's tokens; never the tokens themselves. */
export async function listTokens(ctx: Context): Promise<TokenView[]> {
  authorize(ctx, 'token:read');
  return (await listTokenRows(prisma(), ctx.workspaceId)).map(view);
}

/** findToken reads one token. @throws AppError not_found */
export async function findToken(ctx: Context, id: string): Promise<{ id: string }> {
  if (!isId(id) || !(await findTokenRow(prisma(), ctx.workspaceId, id))) throw notFound('token', id);
  return { id };
}

/**
 * personBehind gives the person who made a token, so that nobody approves by a token what they began themselves.
 * @param actorId a person's or a token's id
 * @returns null for a person, and for a token that no person made
 */
export const personBehind = (actorId: string): Promise<string | null> => (isId(actorId) ? findTokenCreator(prisma(), actorId) : Promise.resolve(null));

/**
 * createToken makes an API token of this workspace with one role.
 * @returns the token's text, which is stored nowhere and shown once
 * @throws AppError invalid when expiresAt has passed
 */
export async function createToken(ctx: Context, given: NewToken): Promise<TokenView & { token: string }> {
  authorize(ctx, 'token:write');
  const expiresAt = given.expiresAt ? new Date(given.expiresAt) : null;
  if (expiresAt && expiresAt <= ctx.now) {
    throw new AppError('invalid', 'The token would have expired already.', [
      { path: 'expiresAt', message: 'Choose a time in the future.', value: given.expiresAt },
    ]);
  }
  const token = newTokenText();
  return inTransaction(async (tx) => {
    const row = await insertToken(tx, {
      id: newId(),
      workspaceId: ctx.workspaceId,
      name: given.name,
      role: given.role,
      tokenHash: hashToken(token),
      prefix: tokenPrefix(token),
      createdBy: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      createdAt: ctx.now,
      expiresAt,
    });
    await audit(tx, ctx, {
      verb: 'token.create',
      target: 'token',
      targetId: row.id,
      after: { name: row.name, role: row.role, expiresAt },
    });
    return { ...view(row), token };
  });
}

/** revokeToken ends a token at once. @throws AppError not_found */
export async function revokeToken(ctx: Context, id: string): Promise<void> {
  authorize(ctx, 'token:write');
  await inTransaction(async (tx) => {
    const row = isId(id) ? await findTokenRow(tx, ctx.workspaceId, id) : null;
    if (!row) throw notFound('token', id);
    await revokeTokenRow(tx, ctx.workspaceId, id, ctx.now);
    await audit(tx, ctx, {
      verb: 'token.revoke',
      target: 'token',
      targetId: id,
      before: { name: row.name, role: row.role },
    });
  });
}

const view = (row: TokenRow): TokenView => ({
  id: row.id,
  name: row.name,
  role: row.role,
  prefix: row.prefix,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  lastUsedAt: row.lastUsedAt,
});
