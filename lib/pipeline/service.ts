import { type AppError, conflict, invalid, notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { diffSpecs, type SpecDiff } from './diff';
import { writeEventTriggers } from './event-trigger-store';
import { gatherFacts, type FactSources } from './facts';
import { hashSpec } from './hash';
import { type Problem } from './problems';
import {
  type CreatePipeline,
  type ListPipelines,
  type PipelineRow,
  type PipelineView,
  type Published,
  type SavedDraft,
  type UpdatePipeline,
  type VersionRow,
  type VersionView,
} from './schema';
import { emptySpec, specSchema, type DraftSpec, type Spec } from './spec';
import * as store from './store';
import { readSpec } from './upgrade';
import { validate } from './validate';

const unknownPipeline = (slug: string) => notFound('pipeline', slug);
const announce = (ctx: Context, id: string) =>
  notify({ topic: 'pipeline', id, workspaceId: ctx.workspaceId });

/** requirePipeline gives a pipeline's row to services of other folders. @throws AppError not_found */
export async function requirePipeline(ctx: Context, slug: string): Promise<store.StoredPipeline> {
  authorize(ctx, 'pipeline:read');
  const found = await store.findPipeline(prisma(), ctx.workspaceId, slug);
  if (!found) throw unknownPipeline(slug);
  return found;
}

/** requirePipelineId gives the id of a pipeline without reading its draft. @throws AppError not_found */
export async function requirePipelineId(ctx: Context, slug: string): Promise<string> {
  authorize(ctx, 'pipeline:read');
  const id = await store.findPipelineId(ctx.workspaceId, slug);
  if (!id) throw unknownPipeline(slug);
  return id;
}

async function locked(tx: Tx, ctx: Context, slug: string): Promise<store.StoredPipeline> {
  const found = await store.lockPipeline(tx, ctx.workspaceId, slug);
  if (!found) throw unknownPipeline(slug);
  return found;
}

/**
 * createPipeline makes a pipeline with an empty or a given draft. Who creates it owns it.
 * @throws AppError conflict when the slug is taken, invalid when the spec is none
 */
export async function createPipeline(
  ctx: Context,
  given: CreatePipeline,
): Promise<{ slug: string; name: string; draft: { revision: number } }> {
  authorize(ctx, 'pipeline:write');
  const draft = given.spec === undefined ? emptySpec() : readSpec(given.spec);
  const ownerId = ctx.actor.kind === 'user' ? ctx.actor.id : null;
  const id = await inTransaction(async (tx) => {
    const made = await store.insertPipeline(tx, ctx.workspaceId, {
      slug: given.slug,
      name: given.name,
      tags: [...new Set(given.tags ?? [])],
      ownerId,
      draft,
      savedBy: ctx.actor.name,
      now: ctx.now,
    });
    if (made === false) {
      const other = await store.findPipeline(tx, ctx.workspaceId, given.slug);
      throw conflict(
        `There is already ${other?.archivedAt ? 'an archived' : 'a'} pipeline "${given.slug}" in this workspace. Choose another slug.`,
      );
    }
    await audit(tx, ctx, {
      verb: 'pipeline.create',
      target: 'pipeline',
      targetId: given.slug,
      after: { name: given.name, tasks: draft.tasks.length },
    });
    return made;
  });
  announce(ctx, id);
  return { slug: given.slug, name: given.name, draft: { revision: 1 } };
}

/** listPipelines lists pipelines by slug with their last 20 runs, without drafts. */
export async function listPipelines(
  ctx: Context,
  query: ListPipelines,
): Promise<{ items: PipelineRow[]; nextCursor: string | null }> {
  const { items, nextCursor } = await page(ctx, query, false);
  return { items: items.map(withoutSpec), nextCursor };
}

/** listPipelinesWithDrafts lists like listPipelines and gives each draft's spec too. */
export async function listPipelinesWithDrafts(
  ctx: Context,
  query: ListPipelines,
): Promise<{ items: PipelineView[]; nextCursor: string | null }> {
  const { items, nextCursor } = await page(ctx, query, true);
  return { items: items.map(withSpec), nextCursor };
}

type Row = Awaited<ReturnType<typeof store.listPipelineRows>>[number];

async function page(
  ctx: Context,
  query: ListPipelines,
  withDraft: boolean,
): Promise<{ items: Row[]; nextCursor: string | null }> {
  authorize(ctx, 'pipeline:read');
  const limit = query.limit ?? 50;
  const found = await store.listPipelineRows(ctx.workspaceId, {
    q: query.q?.trim() ? query.q.trim() : null,
    tag: query.tag ?? null,
    owner: query.owner ?? null,
    archived: query.archived ?? 'false',
    limit: limit + 1,
    after: query.cursor ?? null,
    slug: null,
    withDraft,
  });
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.slug ?? null) : null };
}

function withoutSpec(row: Row): PipelineRow {
  const { spec: _, ...rest } = row;
  return rest;
}

function withSpec(row: Row): PipelineView {
  const { spec, ...rest } = row;
  return { ...rest, draft: { ...rest.draft, spec: readSpec(spec) } };
}

/** getPipeline gives one pipeline with its draft and last runs. @throws AppError not_found */
export async function getPipeline(ctx: Context, slug: string): Promise<PipelineView> {
  authorize(ctx, 'pipeline:read');
  const [row] = await store.listPipelineRows(ctx.workspaceId, {
    q: null,
    tag: null,
    owner: null,
    archived: 'all',
    limit: 1,
    after: null,
    slug,
    withDraft: true,
  });
  if (!row) throw unknownPipeline(slug);
  return withSpec(row);
}

/**
 * updatePipeline changes name, tags, owner, pause or archive. An archived pipeline starts no runs and can be deleted.
 * @throws AppError not_found, invalid for an owner who is no member
 */
export async function updatePipeline(
  ctx: Context,
  slug: string,
  given: UpdatePipeline,
): Promise<PipelineView> {
  authorize(ctx, 'pipeline:write');
  const id = await inTransaction(async (tx) => {
    const before = await locked(tx, ctx, slug);
    const ownerId =
      given.owner === undefined || given.owner === null
        ? given.owner
        : await store.findOwner(tx, ctx.workspaceId, given.owner);
    if (ownerId === null && given.owner)
      throw invalid(`"${given.owner}" is no member of this workspace.`, [
        { path: 'owner', message: "Give a member's e-mail or id.", value: given.owner },
      ]);
    const change: store.PipelineChange = {
      ...(given.name === undefined ? {} : { name: given.name }),
      ...(given.tags === undefined ? {} : { tags: [...new Set(given.tags)] }),
      ...(ownerId === undefined ? {} : { ownerId }),
      ...(given.paused === undefined ? {} : { paused: given.paused }),
      ...(given.archived === undefined
        ? {}
        : { archivedAt: given.archived ? (before.archivedAt ?? ctx.now) : null }),
    };
    const changed = Object.keys(change) as (keyof store.PipelineChange)[];
    if (changed.length === 0) return before.id;
    await store.changePipeline(tx, ctx.workspaceId, before.id, change);
    const pick = (of: Record<string, unknown>) => Object.fromEntries(changed.map((key) => [key, of[key]]));
    await audit(tx, ctx, {
      verb: 'pipeline.update',
      target: 'pipeline',
      targetId: slug,
      before: pick(before),
      after: pick(change),
    });
    return before.id;
  });
  announce(ctx, id);
  return getPipeline(ctx, slug);
}

/**
 * deletePipeline removes an archived pipeline with its draft and versions; its runs stay in the history.
 * @throws AppError conflict when it is not archived or still runs
 */
export async function deletePipeline(ctx: Context, slug: string): Promise<void> {
  authorize(ctx, 'pipeline:delete');
  const id = await inTransaction(async (tx) => {
    const before = await locked(tx, ctx, slug);
    if (before.archivedAt === null)
      throw conflict(`"${before.name}" is in use. Archive it first; then it can be deleted.`);
    if (await store.hasUnfinishedRuns(tx, ctx.workspaceId, before.id))
      throw conflict(`"${before.name}" still has a run that has not ended. Stop it first.`);
    await store.removePipeline(tx, ctx.workspaceId, before.id);
    await audit(tx, ctx, {
      verb: 'pipeline.delete',
      target: 'pipeline',
      targetId: slug,
      before: { name: before.name, tags: before.tags, draft: before.draft },
    });
    return before.id;
  });
  announce(ctx, id);
}

/**
 * saveDraft stores a draft on top of the revision that it was made from and gives its problems.
 * @throws AppError conflict with `current` when somebody saved meanwhile; invalid when the spec is none
 */
export async function saveDraft(
  ctx: Context,
  slug: string,
  given: { baseRevision: number; spec?: unknown },
  sources: FactSources = {},
): Promise<SavedDraft> {
  authorize(ctx, 'pipeline:write');
  const spec = readSpec(given.spec);
  const saved = await inTransaction(async (tx) => {
    const before = await locked(tx, ctx, slug);
    if (before.archivedAt !== null)
      throw conflict(`"${before.name}" is archived. Restore it before you change it.`);
    const same = sameSpec(before.draft, spec);
    if (before.draftRevision !== given.baseRevision && !same) throw draftConflict(before, given.baseRevision);
    if (same) return { id: before.id, revision: before.draftRevision, wrote: false };
    const revision = await store.writeDraft(tx, ctx.workspaceId, before.id, spec, ctx.actor.name, ctx.now);
    await audit(tx, ctx, {
      verb: 'pipeline.draft',
      target: 'pipeline',
      targetId: slug,
      before: { revision: before.draftRevision },
      after: { revision, ...draftSummary(diffSpecs(readSpec(before.draft), spec)) },
    });
    return { id: before.id, revision, wrote: true };
  });
  if (saved.wrote) announce(ctx, saved.id);
  return { revision: saved.revision, problems: await problemsOf(ctx, slug, spec, sources) };
}

function draftConflict(stored: store.StoredPipeline, base: number): AppError {
  const who = stored.draftSavedBy ?? 'somebody';
  return conflict(
    `${who} saved this draft meanwhile (revision ${stored.draftRevision}; yours began from ${base}). Take theirs or keep yours.`,
    {
      current: {
        revision: stored.draftRevision,
        spec: stored.draft,
        savedAt: stored.draftSavedAt,
        savedBy: stored.draftSavedBy,
      },
    },
  );
}

const sameSpec = (stored: unknown, spec: DraftSpec): boolean => {
  const before = readSpec(stored);
  return hashSpec(before) === hashSpec(spec) && !diffSpecs(before, spec).layoutChanged;
};

const draftSummary = (diff: SpecDiff) => ({
  changes: diff.count,
  added: diff.tasks.added.map((task) => task.taskId),
  removed: diff.tasks.removed.map((task) => task.taskId),
  changed: diff.tasks.changed.map((task) => task.taskId),
});

async function problemsOf(
  ctx: Context,
  slug: string,
  spec: DraftSpec,
  sources: FactSources,
): Promise<Problem[]> {
  return validate(spec, await gatherFacts(ctx, slug, spec, sources));
}

/** validateSpec says what is wrong with a spec and stores nothing. */
export async function validateSpec(
  ctx: Context,
  slug: string,
  value: unknown,
  sources: FactSources = {},
): Promise<Problem[]> {
  await requirePipeline(ctx, slug);
  return problemsOf(ctx, slug, readSpec(value), sources);
}

/** validateNewSpec is validateSpec for a pipeline that is not there yet. */
export async function validateNewSpec(ctx: Context, value: unknown, sources: FactSources = {}): Promise<Problem[]> {
  authorize(ctx, 'pipeline:read');
  return problemsOf(ctx, '', readSpec(value), sources);
}

/** publishable gives the strict spec. @throws AppError invalid with all errors of validate() */
async function publishable(
  ctx: Context,
  slug: string,
  draft: DraftSpec,
  sources: FactSources,
): Promise<Spec> {
  const errors = (await problemsOf(ctx, slug, draft, sources)).filter(
    (problem) => problem.severity === 'error',
  );
  const parsed = specSchema.safeParse(draft);
  if (errors.length === 0 && !parsed.success)
    throw new Error(`validate() let a spec pass that the schema refuses: ${parsed.error.message}`);
  if (errors.length > 0 || !parsed.success)
    throw invalid(
      errors.length === 1
        ? `This pipeline cannot be published: ${errors[0]?.message ?? ''}`
        : `This pipeline cannot be published: it has ${errors.length} problems.`,
      errors.map(({ path, message }) => ({ path, message })),
    );
  return parsed.data;
}

/**
 * publish makes the draft, or a given spec, the pipeline's next immutable version. Unchanged behaviour makes no new version.
 * A given spec becomes the draft too when the draft had nothing unpublished; otherwise the draft stays as it is.
 * @throws AppError invalid with the problems
 */
export async function publish(
  ctx: Context,
  slug: string,
  given: { message?: string; spec?: unknown },
  sources: FactSources = {},
): Promise<Published> {
  authorize(ctx, 'pipeline:publish');
  const stored = await requirePipeline(ctx, slug);
  if (stored.archivedAt !== null)
    throw conflict(`"${stored.name}" is archived. Restore it before you publish it.`);
  const draft = readSpec(given.spec === undefined ? stored.draft : given.spec);
  const spec = await publishable(ctx, slug, draft, sources);
  const hash = hashSpec(spec);
  const published = await inTransaction(async (tx) => {
    const before = await locked(tx, ctx, slug);
    const current =
      before.currentVersion === null
        ? null
        : await store.findVersion(tx, ctx.workspaceId, before.id, before.currentVersion);
    if (given.spec === undefined && before.draftRevision !== stored.draftRevision)
      throw draftConflict(before, stored.draftRevision);
    if (given.spec !== undefined && !hasUnpublished(before.draft, current) && !sameSpec(before.draft, draft))
      await store.writeDraft(tx, ctx.workspaceId, before.id, draft, ctx.actor.name, ctx.now);
    if (current?.hash === hash) return { version: current.version, hash, unchanged: true };
    const version = (before.currentVersion ?? 0) + 1;
    await store.insertVersion(tx, ctx.workspaceId, before.id, {
      number: version,
      spec,
      hash,
      message: given.message?.trim() ?? '',
      authorId: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      authorName: ctx.actor.name,
      now: ctx.now,
    });
    await writeEventTriggers(tx, { id: before.id, workspaceId: ctx.workspaceId, version }, spec.triggers, ctx.now);
    await audit(tx, ctx, {
      verb: 'pipeline.publish',
      target: 'pipeline',
      targetId: slug,
      before: current && { version: current.version, hash: current.hash },
      after: {
        version,
        hash,
        message: given.message ?? '',
        ...(current ? draftSummary(diffSpecs(readSpec(current.spec), spec)) : {}),
      },
    });
    return { version, hash, unchanged: false };
  });
  announce(ctx, stored.id);
  return published;
}

function hasUnpublished(draft: unknown, current: { hash: string } | null): boolean {
  const spec = readSpec(draft);
  return current === null ? spec.tasks.length > 0 : hashSpec(spec) !== current.hash;
}

/** listVersions lists versions, newest first. @param query.cursor the last number of the page before */
export async function listVersions(
  ctx: Context,
  slug: string,
  query: { limit?: number; cursor?: number } = {},
): Promise<{ items: VersionRow[]; nextCursor: string | null }> {
  const { id } = await requirePipeline(ctx, slug);
  const limit = query.limit ?? 50;
  const found = await store.versionPage(ctx.workspaceId, id, limit + 1, query.cursor ?? null);
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? String(items.at(-1)?.version ?? '') : null };
}

/** getVersion gives one version with its spec. @throws AppError not_found */
export async function getVersion(ctx: Context, slug: string, version: number): Promise<VersionView> {
  const { id } = await requirePipeline(ctx, slug);
  const found = await store.findVersion(prisma(), ctx.workspaceId, id, version);
  if (!found) throw notFound(`version ${version} of pipeline`, slug);
  return { ...found, spec: readSpec(found.spec) as Spec };
}

/** specAt gives the spec of a version, or of the draft. */
export async function specAt(ctx: Context, slug: string, at: number | 'draft'): Promise<DraftSpec> {
  if (at !== 'draft') return (await getVersion(ctx, slug, at)).spec;
  return readSpec((await requirePipeline(ctx, slug)).draft);
}

/** diffVersions compares two versions, or a version with the draft. @throws AppError not_found */
export async function diffVersions(
  ctx: Context,
  slug: string,
  before: number | 'draft',
  after: number | 'draft',
): Promise<SpecDiff> {
  return diffSpecs(await specAt(ctx, slug, before), await specAt(ctx, slug, after));
}

/**
 * restoreVersion makes an old version's spec the draft; nothing is published.
 * @param baseRevision the draft that may be overwritten; without it whatever is there
 * @throws AppError conflict with `current` when the draft moved on
 */
export async function restoreVersion(
  ctx: Context,
  slug: string,
  version: number,
  baseRevision?: number,
): Promise<{ revision: number }> {
  authorize(ctx, 'pipeline:write');
  const { spec } = await getVersion(ctx, slug, version);
  const made = await inTransaction(async (tx) => {
    const before = await locked(tx, ctx, slug);
    if (baseRevision !== undefined && before.draftRevision !== baseRevision)
      throw draftConflict(before, baseRevision);
    const revision = await store.writeDraft(tx, ctx.workspaceId, before.id, spec, ctx.actor.name, ctx.now);
    await audit(tx, ctx, {
      verb: 'pipeline.restore',
      target: 'pipeline',
      targetId: slug,
      before: { revision: before.draftRevision, spec: before.draft },
      after: { revision, version },
    });
    return { id: before.id, revision };
  });
  announce(ctx, made.id);
  return { revision: made.revision };
}
