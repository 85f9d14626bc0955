import { conflict, invalid, notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { diffSpecs, type SpecDiff } from './diff';
import { draftConflict, draftSummary, problemsOf, sameSpec } from './drafts';
import { writeEventTriggers } from './event-trigger-store';
import { type FactSources } from './facts';
import { hashSpec } from './hash';
import { announcePipeline, lockPipeline, requirePipeline } from './require-pipeline';
import { type Published, type VersionRow, type VersionView } from './schema';
import { specSchema, type DraftSpec, type Spec } from './spec';
import * as store from './store';
import { readSpec } from './upgrade';

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
    const before = await lockPipeline(tx, ctx, slug);
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
  announcePipeline(ctx, stored.id);
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
    const before = await lockPipeline(tx, ctx, slug);
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
  announcePipeline(ctx, made.id);
  return { revision: made.revision };
}
