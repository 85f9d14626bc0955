import { Prisma } from '@/lib/db/client';
import type { Json, JsonObject } from '@/lib/core/json';
import type { Tx } from '@/lib/db/transaction';

type Bytes = Uint8Array<ArrayBuffer>;
const where = (workspaceId: string, name: string) => ({ workspaceId_name: { workspaceId, name } });
const input = (value: Json): Prisma.InputJsonValue | typeof Prisma.JsonNull =>
  value === null ? Prisma.JsonNull : value;

export type SecretRow = { name: string; updatedBy: string | null; createdAt: Date; updatedAt: Date };
const SECRET = { name: true, updatedBy: true, createdAt: true, updatedAt: true };

/** listSecretRows lists the names of a workspace's secrets. */
export const listSecretRows = (db: Tx, workspaceId: string): Promise<SecretRow[]> =>
  db.secret.findMany({ where: { workspaceId }, orderBy: { name: 'asc' }, select: SECRET });

/** findSecretRow reads one secret without its value. */
export const findSecretRow = (db: Tx, workspaceId: string, name: string): Promise<SecretRow | null> =>
  db.secret.findUnique({ where: where(workspaceId, name), select: SECRET });

/** readSealedSecret reads a secret's encrypted value. */
export const readSealedSecret = async (
  db: Tx,
  workspaceId: string,
  name: string,
): Promise<Uint8Array | null> =>
  (await db.secret.findUnique({ where: where(workspaceId, name), select: { sealed: true } }))?.sealed ?? null;

/** putSecretRow stores or replaces a secret. */
export const putSecretRow = (
  tx: Tx,
  workspaceId: string,
  name: string,
  sealed: Bytes,
  updatedBy: string,
  now: Date,
): Promise<SecretRow> =>
  tx.secret.upsert({
    where: where(workspaceId, name),
    create: { workspaceId, name, sealed, updatedBy, createdAt: now, updatedAt: now },
    update: { sealed, updatedBy, updatedAt: now },
    select: SECRET,
  });

/** deleteSecretRow removes a secret. */
export const deleteSecretRow = async (tx: Tx, workspaceId: string, name: string): Promise<void> => {
  await tx.secret.deleteMany({ where: { workspaceId, name } });
};

export type VariableRow = { name: string; value: Json; updatedAt: Date };
const asVariable = (row: { name: string; value: Prisma.JsonValue; updatedAt: Date }): VariableRow => ({
  ...row,
  value: row.value as Json,
});
const VARIABLE = { name: true, value: true, updatedAt: true };

/** listVariableRows lists a workspace's variables by name. */
export const listVariableRows = async (db: Tx, workspaceId: string): Promise<VariableRow[]> =>
  (await db.variable.findMany({ where: { workspaceId }, orderBy: { name: 'asc' }, select: VARIABLE })).map(
    asVariable,
  );

/** findVariableRow reads one variable. */
export const findVariableRow = async (
  db: Tx,
  workspaceId: string,
  name: string,
): Promise<VariableRow | null> => {
  const row = await db.variable.findUnique({ where: where(workspaceId, name), select: VARIABLE });
  return row && asVariable(row);
};

/** putVariableRow stores or replaces a variable. */
export const putVariableRow = async (
  tx: Tx,
  workspaceId: string,
  name: string,
  value: Json,
  now: Date,
): Promise<VariableRow> =>
  asVariable(
    await tx.variable.upsert({
      where: where(workspaceId, name),
      create: { workspaceId, name, value: input(value), updatedAt: now },
      update: { value: input(value), updatedAt: now },
      select: VARIABLE,
    }),
  );

/** deleteVariableRow removes a variable. */
export const deleteVariableRow = async (tx: Tx, workspaceId: string, name: string): Promise<void> => {
  await tx.variable.deleteMany({ where: { workspaceId, name } });
};

/** A connection or channel: a kind, public settings, and what is encrypted. */
export type SealedRow = {
  name: string;
  kind: string;
  config: JsonObject;
  sealed: Uint8Array | null;
  updatedAt: Date;
};
type Stored = {
  name: string;
  kind: string;
  config: Prisma.JsonValue;
  sealed: Uint8Array | null;
  updatedAt: Date;
};
const asSealed = (row: Stored): SealedRow => ({ ...row, config: row.config as JsonObject });
const SEALED = { name: true, kind: true, config: true, sealed: true, updatedAt: true };
export type NewSealed = {
  workspaceId: string;
  name: string;
  kind: string;
  config: JsonObject;
  sealed: Bytes | null;
  updatedAt: Date;
};

/** listConnectionRows lists a workspace's connections by name. */
export const listConnectionRows = async (db: Tx, workspaceId: string): Promise<SealedRow[]> =>
  (await db.connection.findMany({ where: { workspaceId }, orderBy: { name: 'asc' }, select: SEALED })).map(
    asSealed,
  );

/** findConnectionRow reads one connection. */
export const findConnectionRow = async (
  db: Tx,
  workspaceId: string,
  name: string,
): Promise<SealedRow | null> => {
  const row = await db.connection.findUnique({ where: where(workspaceId, name), select: SEALED });
  return row && asSealed(row);
};

/** putConnectionRow stores or replaces a connection. */
export const putConnectionRow = async (tx: Tx, row: NewSealed): Promise<SealedRow> =>
  asSealed(
    await tx.connection.upsert({
      where: where(row.workspaceId, row.name),
      create: row,
      update: row,
      select: SEALED,
    }),
  );

/** deleteConnectionRow removes a connection. */
export const deleteConnectionRow = async (tx: Tx, workspaceId: string, name: string): Promise<void> => {
  await tx.connection.deleteMany({ where: { workspaceId, name } });
};

/** listChannelRows lists a workspace's channels by name. */
export const listChannelRows = async (db: Tx, workspaceId: string): Promise<SealedRow[]> =>
  (await db.channel.findMany({ where: { workspaceId }, orderBy: { name: 'asc' }, select: SEALED })).map(
    asSealed,
  );

/** findChannelRow reads one channel. */
export const findChannelRow = async (
  db: Tx,
  workspaceId: string,
  name: string,
): Promise<SealedRow | null> => {
  const row = await db.channel.findUnique({ where: where(workspaceId, name), select: SEALED });
  return row && asSealed(row);
};

/** putChannelRow stores or replaces a channel. */
export const putChannelRow = async (tx: Tx, row: NewSealed): Promise<SealedRow> =>
  asSealed(
    await tx.channel.upsert({
      where: where(row.workspaceId, row.name),
      create: row,
      update: row,
      select: SEALED,
    }),
  );

/** deleteChannelRow removes a channel. */
export const deleteChannelRow = async (tx: Tx, workspaceId: string, name: string): Promise<void> => {
  await tx.channel.deleteMany({ where: { workspaceId, name } });
};
