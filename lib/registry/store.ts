import { newId } from '@/lib/core/ids';
import { Prisma, prisma } from '@/lib/db/client';
import { type Tx } from '@/lib/db/transaction';
import { type Flavors, type ModelFile, type ModelVersionView, type Training, type VersionStatus } from './schema';
import { readSignature, type Signature } from './signature';

type Db = Tx | ReturnType<typeof prisma>;
const asJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

export type ModelRow = { id: string; workspaceId: string; name: string; description: string; createdBy: string | null; createdAt: Date };

/** findModel reads one model by its name. */
export const findModel = (db: Db, workspaceId: string, name: string): Promise<ModelRow | null> =>
  db.registeredModel.findUnique({ where: { workspaceId_name: { workspaceId, name } } });

/** lockModel reads one and keeps its row to this transaction, so that versions are numbered one after the other. */
export async function lockModel(tx: Tx, workspaceId: string, name: string): Promise<ModelRow | null> {
  await tx.$queryRaw`select id from registered_model where workspace_id = ${workspaceId}::uuid and name = ${name} for update`;
  return findModel(tx, workspaceId, name);
}

/** insertModel creates one; false when the name is taken. */
export async function insertModel(tx: Tx, row: Omit<ModelRow, 'id'>): Promise<string | false> {
  const id = newId();
  const made = await tx.registeredModel.createMany({ data: [{ id, ...row }], skipDuplicates: true });
  return made.count === 1 ? id : false;
}

const WITH = { model: { select: { name: true, aliases: { select: { alias: true, version: true } } } } } as const;
type Stored = Prisma.ModelVersionGetPayload<{ include: typeof WITH }>;

function viewOf(row: Stored): ModelVersionView {
  return {
    model: row.model.name,
    version: row.number,
    uuid: row.id,
    status: row.status as VersionStatus,
    flavor: row.flavor,
    flavors: row.flavors as Flavors,
    signature: readSignature(row.signature),
    files: row.files as ModelFile[],
    sha256: row.sha256,
    bytes: Number(row.bytes),
    tags: row.tags as Record<string, string>,
    metrics: row.metrics as Record<string, number>,
    problems: row.problems as string[],
    training: row.training as Training | null,
    sourceRunId: row.sourceRunId,
    aliases: row.model.aliases.filter((each) => each.version === row.number).map((each) => each.alias).toSorted(),
    createdBy: row.createdBy,
    createdAt: row.createdAt,
  };
}

/** versionByNumber reads one version of a model. */
export async function versionByNumber(db: Db, workspaceId: string, modelId: string, number: number): Promise<ModelVersionView | null> {
  const row = await db.modelVersion.findFirst({ where: { workspaceId, modelId, number }, include: WITH });
  return row && viewOf(row);
}

/** versionById reads one version by its UUID. */
export async function versionById(db: Db, workspaceId: string, id: string): Promise<ModelVersionView | null> {
  const row = await db.modelVersion.findFirst({ where: { workspaceId, id }, include: WITH });
  return row && viewOf(row);
}

/** versionPage lists a model's versions, newest first. */
export async function versionPage(db: Db, workspaceId: string, modelId: string, given: { before: number | null; limit: number; tag: string | null }): Promise<ModelVersionView[]> {
  const rows = await db.modelVersion.findMany({
    where: {
      workspaceId,
      modelId,
      ...(given.before === null ? {} : { number: { lt: given.before } }),
      ...(given.tag === null ? {} : { tags: { path: [given.tag], not: Prisma.AnyNull } }),
    },
    orderBy: { number: 'desc' },
    take: given.limit,
    include: WITH,
  });
  return rows.map(viewOf);
}

export type NewVersion = {
  id: string;
  workspaceId: string;
  modelId: string;
  number: number;
  status: VersionStatus;
  flavor: string | null;
  flavors: Flavors;
  signature: Signature | null;
  files: ModelFile[];
  sha256: string;
  bytes: number;
  tags: Record<string, string>;
  metrics: Record<string, number>;
  problems: string[];
  training: Training | null;
  sourceRunId: string | null;
  createdById: string | null;
  createdBy: string;
  createdAt: Date;
};

/** insertVersion stores a version. */
export async function insertVersion(tx: Tx, { signature, training, files, flavors, tags, metrics, problems, ...row }: NewVersion): Promise<void> {
  await tx.modelVersion.create({
    data: {
      ...row,
      bytes: BigInt(row.bytes),
      files: asJson(files),
      flavors: asJson(flavors),
      tags: asJson(tags),
      metrics: asJson(metrics),
      problems: asJson(problems),
      ...(signature ? { signature: asJson(signature) } : {}),
      ...(training ? { training: asJson(training) } : {}),
    },
  });
}

/** nextNumber is the number of a model's next version; its row must be locked. */
export async function nextNumber(tx: Tx, modelId: string): Promise<number> {
  const { _max } = await tx.modelVersion.aggregate({ where: { modelId }, _max: { number: true } });
  return (_max.number ?? 0) + 1;
}

/** setTags replaces a version's tags. */
export async function setTags(tx: Tx, versionId: string, tags: Record<string, string>): Promise<void> {
  await tx.modelVersion.update({ where: { id: versionId }, data: { tags: asJson(tags) } });
}

export type AliasRow = { modelId: string; alias: string; workspaceId: string; version: number; reason: string; updatedBy: string | null; updatedAt: Date };
export type AliasWish = { version: number; reason: string; by: string; at: Date };
const NO_WISH = { requestedVersion: null, requestedReason: null, requestedBy: null, requestedAt: null };

/** findAlias reads where an alias of a model points. */
export const findAlias = (db: Db, modelId: string, alias: string): Promise<AliasRow | null> => db.modelAlias.findUnique({ where: { modelId_alias: { modelId, alias } } });

/** saveAlias makes an alias point at a version; what it was asked to point at is over. */
export async function saveAlias(tx: Tx, row: AliasRow): Promise<void> {
  const { modelId, alias, ...data } = row;
  await tx.modelAlias.upsert({ where: { modelId_alias: { modelId, alias } }, create: row, update: { ...data, ...NO_WISH } });
}

/** saveWish notes where an alias is asked to point. */
export async function saveWish(tx: Tx, modelId: string, alias: string, wish: AliasWish): Promise<void> {
  const data = { requestedVersion: wish.version, requestedReason: wish.reason, requestedBy: wish.by, requestedAt: wish.at };
  await tx.modelAlias.update({ where: { modelId_alias: { modelId, alias } }, data });
}

/** findWish reads where an alias is asked to point. */
export async function findWish(db: Db, modelId: string, alias: string): Promise<AliasWish | null> {
  const row = await db.modelAlias.findUnique({ where: { modelId_alias: { modelId, alias } } });
  if (row?.requestedVersion == null) return null;
  return { version: row.requestedVersion, reason: row.requestedReason ?? '', by: row.requestedBy ?? '', at: row.requestedAt ?? row.updatedAt };
}

/** listModelRows lists models by name with aliases and counts. @param given.after the last name of the page before */
export async function listModelRows(workspaceId: string, given: { after: string | null; limit: number; q: string | null; name: string | null }) {
  return prisma().registeredModel.findMany({
    where: {
      workspaceId,
      name: {
        ...(given.after === null ? {} : { gt: given.after }),
        ...(given.q === null ? {} : { contains: given.q, mode: 'insensitive' }),
        ...(given.name === null ? {} : { equals: given.name }),
      },
    },
    orderBy: { name: 'asc' },
    take: given.limit,
    include: { aliases: { orderBy: { alias: 'asc' } }, _count: { select: { versions: true } }, versions: { orderBy: { number: 'desc' }, take: 1, select: { number: true } } },
  });
}
