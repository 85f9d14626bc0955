import { conflict, invalid, notFound } from '@/lib/core/errors';
import { isId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { findRun } from '@/lib/runs/server';
import { describeModel } from './describe';
import { findFlavors } from './flavors';
import { inspectOnnx } from './onnx/inspect';
import { aliasSchema, tagKeySchema, type CreateModel, type ModelVersionView, type ModelView, type PutAlias, type VersionFields } from './schema';
import * as store from './store';
import { type Upload } from './upload';

const unknownModel = (name: string) => notFound('model', name);
const announce = (ctx: Context, id: string) => notify({ topic: 'model', id, workspaceId: ctx.workspaceId });

/** requireModel gives a model's row to services of other folders. @throws AppError not_found */
export async function requireModel(ctx: Context, name: string): Promise<store.ModelRow> {
  authorize(ctx, 'model:read');
  const found = await store.findModel(prisma(), ctx.workspaceId, name);
  if (!found) throw unknownModel(name);
  return found;
}

/** createModel makes a model without versions. @throws AppError conflict when the name is taken */
export async function createModel(ctx: Context, given: CreateModel): Promise<ModelView> {
  authorize(ctx, 'model:write');
  const id = await inTransaction(async (tx) => {
    const made = await store.insertModel(tx, { workspaceId: ctx.workspaceId, name: given.name, description: given.description ?? '', createdBy: ctx.actor.name, createdAt: ctx.now });
    if (made === false) throw conflict(`There is already a model "${given.name}" in this workspace. Upload a version to it, or choose another name.`);
    await audit(tx, ctx, { verb: 'model.create', target: 'model', targetId: given.name, after: { description: given.description ?? '' } });
    return made;
  });
  announce(ctx, id);
  return getModel(ctx, given.name);
}

type ModelListRow = Awaited<ReturnType<typeof store.listModelRows>>[number];

const viewOf = (row: ModelListRow): ModelView => ({
  name: row.name,
  description: row.description,
  createdBy: row.createdBy,
  createdAt: row.createdAt,
  latestVersion: row.versions[0]?.number ?? null,
  versions: row._count.versions,
  aliases: row.aliases.map(({ alias, version, reason, updatedBy, updatedAt, ...wish }) => ({
    alias,
    version,
    reason,
    updatedBy,
    updatedAt,
    requested: wish.requestedVersion === null ? null : { version: wish.requestedVersion, reason: wish.requestedReason ?? '', by: wish.requestedBy },
  })),
});

/** listModels lists the workspace's models by name. */
export async function listModels(ctx: Context, given: { limit: number; cursor?: string; q?: string }): Promise<{ items: ModelView[]; nextCursor: string | null }> {
  authorize(ctx, 'model:read');
  const found = await store.listModelRows(ctx.workspaceId, { after: given.cursor ?? null, limit: given.limit + 1, q: given.q ?? null, name: null });
  const items = found.slice(0, given.limit).map(viewOf);
  return { items, nextCursor: found.length > given.limit ? (items.at(-1)?.name ?? null) : null };
}

/** getModel gives one model with its aliases. @throws AppError not_found */
export async function getModel(ctx: Context, name: string): Promise<ModelView> {
  authorize(ctx, 'model:read');
  const [row] = await store.listModelRows(ctx.workspaceId, { after: null, limit: 1, q: null, name });
  if (!row) throw unknownModel(name);
  return viewOf(row);
}

/** listVersions lists a model's versions, newest first. @param given.tag only versions that carry it; the first one wins */
export async function listVersions(ctx: Context, name: string, given: { limit: number; cursor?: string; tag?: string }): Promise<{ items: ModelVersionView[]; nextCursor: string | null }> {
  const model = await requireModel(ctx, name);
  const before = given.cursor === undefined ? null : Number(given.cursor);
  if (before !== null && !Number.isSafeInteger(before)) throw invalid('The cursor is not one that this list gave.', [{ path: 'cursor', message: 'Leave it out to begin at the start.', value: given.cursor }]);
  const found = await store.versionPage(prisma(), ctx.workspaceId, model.id, { before, limit: given.limit + 1, tag: given.tag ?? null });
  const items = found.slice(0, given.limit);
  return { items, nextCursor: found.length > given.limit ? String(items.at(-1)?.version ?? '') : null };
}

/** getVersion gives one version of a model. @throws AppError not_found */
export async function getVersion(ctx: Context, name: string, number: number): Promise<ModelVersionView> {
  const model = await requireModel(ctx, name);
  const version = Number.isSafeInteger(number) && number > 0 && number < 2 ** 31 ? await store.versionByNumber(prisma(), ctx.workspaceId, model.id, number) : null;
  if (!version) throw notFound('model version', `${name} ${number}`);
  return version;
}

/** findVersion reads a version by its UUID, for folders that keep it. @returns null when the workspace has none */
export const findVersion = (workspaceId: string, id: string): Promise<ModelVersionView | null> => store.versionById(prisma(), workspaceId, id);

/**
 * resolveVersion finds the version that a number or an alias names.
 * @throws AppError not_found for an unknown model, invalid at `version` or `alias` for what the model does not have
 */
export async function resolveVersion(ctx: Context, name: string, given: { version?: number | undefined; alias?: string | undefined }): Promise<ModelVersionView> {
  const model = await requireModel(ctx, name);
  const pointed = given.alias === undefined ? null : await store.findAlias(prisma(), model.id, given.alias);
  if (given.alias !== undefined && !pointed) {
    throw invalid(`The model "${name}" has no alias "${given.alias}".`, [{ path: 'alias', message: 'Give one of its aliases, or a version.', value: given.alias }]);
  }
  const number = pointed?.version ?? given.version ?? 0;
  const version = await store.versionByNumber(prisma(), ctx.workspaceId, model.id, number);
  if (!version) throw invalid(`The model "${name}" has no version ${number}.`, [{ path: 'version', message: 'Give the number of one of its versions.', value: number }]);
  return version;
}

/**
 * moveAlias points an alias at a version inside somebody's transaction, without an audit row of its own: promoting a version
 * behind an endpoint that follows the alias moves it along.
 */
export async function moveAlias(tx: Tx, given: { workspaceId: string; modelId: string; alias: string; version: number; reason: string; by: string; at: Date }): Promise<void> {
  const { by, at, ...row } = given;
  await store.saveAlias(tx, { ...row, updatedBy: by, updatedAt: at });
}

/**
 * registerVersion makes the next version of a model from uploaded files: finds its flavors, loads an ONNX file in a process of its own,
 * and keeps what it found. What cannot be loaded or served is kept too, with sentences that say why.
 * @param upload files that are in the store already; they are taken back when this refuses
 * @throws AppError not_found, invalid without files
 */
export async function registerVersion(ctx: Context, name: string, upload: Upload, given: VersionFields): Promise<ModelVersionView> {
  authorize(ctx, 'model:write');
  await requireModel(ctx, name);
  if (upload.files.length === 0) throw invalid('There is no file to register.', [{ path: 'file', message: 'Send at least one file, or one zip archive.' }]);
  if (given.sourceRunId !== undefined && !(isId(given.sourceRunId) && (await findRun(given.sourceRunId, ctx.workspaceId)))) {
    throw invalid(`There is no run "${given.sourceRunId}" in this workspace.`, [{ path: 'sourceRunId', message: 'Give the id of one of its runs.', value: given.sourceRunId }]);
  }
  const looked = await lookAt(upload, given);
  const number = await inTransaction(async (tx) => {
    const model = await store.lockModel(tx, ctx.workspaceId, name);
    if (!model) throw unknownModel(name);
    const next = await store.nextNumber(tx, model.id);
    await store.insertVersion(tx, {
      id: upload.versionId,
      workspaceId: ctx.workspaceId,
      modelId: model.id,
      number: next,
      ...looked,
      files: upload.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      sha256: upload.digest(),
      bytes: upload.size(),
      tags: given.tags ?? {},
      metrics: given.metrics ?? {},
      training: given.training ?? null,
      sourceRunId: given.sourceRunId ?? null,
      createdById: ctx.actor.id,
      createdBy: ctx.actor.name,
      createdAt: ctx.now,
    });
    await audit(tx, ctx, { verb: 'model.register', target: 'model', targetId: `${name}/${next}`, after: { uuid: upload.versionId, sha256: upload.digest(), status: looked.status, flavor: looked.flavor, problems: looked.problems } });
    return next;
  });
  announce(ctx, name);
  return getVersion(ctx, name, number);
}

type Looked = Pick<store.NewVersion, 'status' | 'flavor' | 'flavors' | 'signature' | 'problems'>;

async function lookAt(upload: Upload, given: VersionFields): Promise<Looked> {
  const [described] = upload.files.filter((file) => file.path.split('/').at(-1) === 'MLmodel').toSorted((a, b) => a.path.length - b.path.length);
  const mlmodel = described && described.bytes < 1_000_000 ? { path: described.path, text: await upload.text(described.path) } : null;
  const found = findFlavors(upload.files.map((file) => file.path), mlmodel, given.flavor);
  if (found.onnx === null) return { status: 'ready', flavor: null, flavors: found.flavors, signature: null, problems: found.problems };
  const inspected = await inspectOnnx(await upload.local(found.onnx));
  if ('failed' in inspected) return { status: 'failed', flavor: null, flavors: found.flavors, signature: null, problems: [...found.problems, inspected.failed] };
  const { signature, problems } = describeModel(inspected.inputs, inspected.outputs, given.signature ?? found.signature);
  return { status: 'ready', flavor: 'onnx', flavors: { ...found.flavors, onnx: { ...found.flavors.onnx, served: true, file: found.onnx } }, signature, problems: [...found.problems, ...inspected.problems, ...problems] };
}

/**
 * putAlias points an alias at a version. An endpoint that follows the alias is told by its own folder.
 * @throws AppError not_found, invalid for a version that the model does not have
 */
export async function putAlias(ctx: Context, name: string, alias: string, given: PutAlias): Promise<ModelVersionView> {
  authorize(ctx, 'model:write');
  const parsed = aliasSchema.safeParse(alias);
  if (!parsed.success) throw invalid(`"${alias}" cannot be an alias. ${parsed.error.issues[0]?.message ?? ''}`, [{ path: 'alias', message: parsed.error.issues[0]?.message ?? '', value: alias }]);
  const target = await resolveVersion(ctx, name, { version: given.version });
  await inTransaction(async (tx) => {
    const model = await store.lockModel(tx, ctx.workspaceId, name);
    if (!model) throw unknownModel(name);
    const before = await store.findAlias(tx, model.id, alias);
    await moveAlias(tx, { workspaceId: ctx.workspaceId, modelId: model.id, alias, version: given.version, reason: given.reason, by: ctx.actor.name, at: ctx.now });
    await audit(tx, ctx, { verb: 'model.alias', target: 'model', targetId: `${name}@${alias}`, before: before && { version: before.version, reason: before.reason }, after: given });
  });
  announce(ctx, name);
  return getVersion(ctx, name, target.version);
}

/** wishAlias notes inside somebody's transaction where an alias is asked to point; moveAlias ends the wish. */
export const wishAlias = (tx: Tx, modelId: string, alias: string, wish: store.AliasWish): Promise<void> => store.saveWish(tx, modelId, alias, wish);

/** aliasWish reads where an alias is asked to point, inside somebody's transaction. */
export const aliasWish = (tx: Tx, modelId: string, alias: string): Promise<store.AliasWish | null> => store.findWish(tx, modelId, alias);

/** putTag sets a tag of a version. Many versions may carry one; the newest of them is what the tag means. @throws AppError not_found, invalid */
export async function putTag(ctx: Context, name: string, number: number, key: string, value: string): Promise<ModelVersionView> {
  authorize(ctx, 'model:write');
  const parsed = tagKeySchema.safeParse(key);
  if (!parsed.success) throw invalid(`"${key}" cannot be a tag. ${parsed.error.issues[0]?.message ?? ''}`, [{ path: 'key', message: parsed.error.issues[0]?.message ?? '', value: key }]);
  const version = await getVersion(ctx, name, number);
  await inTransaction(async (tx) => {
    await store.lockModel(tx, ctx.workspaceId, name);
    const { tags } = (await store.versionById(tx, ctx.workspaceId, version.uuid)) ?? version;
    await store.setTags(tx, version.uuid, { ...tags, [key]: value });
    await audit(tx, ctx, { verb: 'model.tag', target: 'model', targetId: `${name}/${number}`, before: { [key]: tags[key] ?? null }, after: { [key]: value } });
  });
  announce(ctx, name);
  return getVersion(ctx, name, number);
}
