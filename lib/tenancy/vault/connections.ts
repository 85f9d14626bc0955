import { notFound } from '@/lib/core/errors';
import type { JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { audit } from '../audit/service';
import { authorize, type Context } from '../context';
import { tryConnection, type ConnectionTest } from './connection-test';
import { secretKey } from './key';
import type { PutConnection } from './schema';
import { open, seal } from './seal';
import {
  deleteConnectionRow,
  findConnectionRow,
  listConnectionRows,
  putConnectionRow,
  type SealedRow,
} from './store';

/** A connection as people see it: which secrets are set, never what they are. */
export type ConnectionView = {
  name: string;
  kind: string;
  config: JsonObject;
  secretsSet: string[];
  updatedAt: Date;
};
/** A connection as an attempt uses it. */
export type OpenConnection = { kind: string; config: JsonObject; secrets: Record<string, string> };

const place = (workspaceId: string, name: string) => `connection ${workspaceId} ${name}`;

/** listConnections lists the workspace's connections. */
export async function listConnections(ctx: Context): Promise<ConnectionView[]> {
  authorize(ctx, 'connection:read');
  return (await listConnectionRows(prisma(), ctx.workspaceId)).map((row) =>
    view(row, unseal(ctx.workspaceId, row)),
  );
}

/** getConnection reads one connection. @throws AppError not_found */
export async function getConnection(ctx: Context, name: string): Promise<ConnectionView> {
  authorize(ctx, 'connection:read');
  const row = await need(ctx.workspaceId, name);
  return view(row, unseal(ctx.workspaceId, row));
}

/** putConnection stores or replaces a connection; secrets that are left out keep what is stored while the kind stays. */
export async function putConnection(
  ctx: Context,
  name: string,
  given: PutConnection,
): Promise<ConnectionView> {
  authorize(ctx, 'connection:write');
  return inTransaction(async (tx) => {
    const before = await findConnectionRow(tx, ctx.workspaceId, name);
    const kept = before?.kind === given.kind ? unseal(ctx.workspaceId, before) : {};
    const secrets = Object.fromEntries(
      Object.entries({ ...kept, ...given.secrets }).filter(
        ([, value]) => value !== undefined && value !== '',
      ),
    ) as Record<string, string>;
    const sealed =
      Object.keys(secrets).length > 0
        ? seal(secretKey(), place(ctx.workspaceId, name), JSON.stringify(secrets))
        : null;
    const config = JSON.parse(JSON.stringify(given.config)) as JsonObject;
    const row = await putConnectionRow(tx, {
      workspaceId: ctx.workspaceId,
      name,
      kind: given.kind,
      config,
      sealed,
      updatedAt: ctx.now,
    });
    await audit(tx, ctx, {
      verb: before ? 'connection.update' : 'connection.create',
      target: 'connection',
      targetId: name,
      before: before && { kind: before.kind, config: before.config },
      after: { kind: given.kind, config, secretsGiven: Object.keys(given.secrets ?? {}) },
    });
    return view(row, secrets);
  });
}

/** deleteConnection removes a connection. @throws AppError not_found */
export async function deleteConnection(ctx: Context, name: string): Promise<void> {
  authorize(ctx, 'connection:write');
  await inTransaction(async (tx) => {
    const before = await findConnectionRow(tx, ctx.workspaceId, name);
    if (!before) throw notFound('connection', name);
    await deleteConnectionRow(tx, ctx.workspaceId, name);
    await audit(tx, ctx, {
      verb: 'connection.delete',
      target: 'connection',
      targetId: name,
      before: { kind: before.kind, config: before.config },
    });
  });
}

/** testConnection tries a stored connection and tells how it went. @throws AppError not_found */
export async function testConnection(ctx: Context, name: string): Promise<ConnectionTest> {
  authorize(ctx, 'connection:write');
  const row = await need(ctx.workspaceId, name);
  return tryConnection({ kind: row.kind, config: row.config, secrets: unseal(ctx.workspaceId, row) });
}

/** resolveConnection gives an attempt a connection with its secrets, or null when there is none. */
export async function resolveConnection(workspaceId: string, name: string): Promise<OpenConnection | null> {
  const row = await findConnectionRow(prisma(), workspaceId, name);
  return row && { kind: row.kind, config: row.config, secrets: unseal(workspaceId, row) };
}

async function need(workspaceId: string, name: string): Promise<SealedRow> {
  const row = await findConnectionRow(prisma(), workspaceId, name);
  if (!row) throw notFound('connection', name);
  return row;
}

const unseal = (workspaceId: string, row: SealedRow): Record<string, string> =>
  row.sealed
    ? (JSON.parse(open(secretKey(), place(workspaceId, row.name), row.sealed)) as Record<string, string>)
    : {};

const view = (row: SealedRow, secrets: Record<string, string>): ConnectionView => ({
  name: row.name,
  kind: row.kind,
  config: row.config,
  secretsSet: Object.keys(secrets),
  updatedAt: row.updatedAt,
});
