import { prisma } from '@/lib/db/client';
import { type Sql } from '@/lib/db/sql';
import { listWorkspaceRows } from '../workspaces/store';
import { authorize, type Caller, type Context } from '../context';
import type { AuditRow, AuditSearch, Breach } from './schema';
import { auditValue, findBreaches, insertAudit, insertAuditSql, searchAudit, type NewAuditRow } from './store';

/** A change as the audit tells it. `before` and `after` never hold a secret's value. */
export type Change = { verb: string; target: string; targetId: string; before?: unknown; after?: unknown };

/**
 * audit writes the change's line in the change's own transaction, so that neither exists without the other. The database
 * numbers and chains the rows in the order of their commits.
 */
export async function audit(tx: Sql, ctx: Caller & { workspaceId?: string }, change: Change): Promise<void> {
  await insertAudit(tx, rowOf(ctx, change));
}

/**
 * auditWithin is audit for a change that is one statement: it takes the line along, which saves a transaction its round trips.
 * @param parameter of the statement that holds `value`, such as `$4`
 * @returns an insert for the statement's `with`
 */
export const auditWithin = (ctx: Caller & { workspaceId?: string }, change: Change, parameter: `$${number}`): { insert: string; value: string } => ({
  insert: insertAuditSql(parameter),
  value: auditValue(rowOf(ctx, change)),
});

const rowOf = (ctx: Caller & { workspaceId?: string }, change: Change): NewAuditRow => ({
  workspaceId: ctx.workspaceId ?? null,
  at: ctx.now,
  actor: ctx.actor,
  verb: change.verb,
  target: change.target,
  targetId: change.targetId,
  before: plain(change.before),
  after: plain(change.after),
  ip: ctx.ip ?? null,
  requestId: ctx.requestId ?? null,
});

/** listAudit searches the workspace's audit, newest first. */
export async function listAudit(
  ctx: Context,
  search: AuditSearch,
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  authorize(ctx, 'audit:read');
  const beforeId = search.cursor ? BigInt(search.cursor) : null;
  const found = await searchAudit(prisma(), ctx.workspaceId, { ...search, beforeId });
  const items = found.slice(0, search.limit);
  return { items, nextCursor: found.length > search.limit ? (items.at(-1)?.id ?? null) : null };
}

/** verifyAudit recomputes the workspace's chain and names the rows that were edited or whose predecessor is gone. */
export async function verifyAudit(ctx: Context): Promise<{ rows: number; breaches: Breach[] }> {
  authorize(ctx, 'audit:read');
  return findBreaches(ctx.workspaceId);
}

/** verifyAllAudits checks the organization's chain and every workspace's, for the operator at the command line. */
export async function verifyAllAudits(): Promise<
  { workspace: string | null; rows: number; breaches: Breach[] }[]
> {
  const chains = [{ id: null, slug: null }, ...(await listWorkspaceRows(prisma(), null))];
  return Promise.all(chains.map(async ({ id, slug }) => ({ workspace: slug, ...(await findBreaches(id)) })));
}

/** plain keeps what JSON keeps; bigint becomes text. */
function plain(value: unknown): AuditRow['before'] {
  if (value === undefined || value === null) return null;
  return JSON.parse(
    JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)),
  ) as AuditRow['before'];
}
