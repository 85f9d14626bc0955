import { conflict, invalid } from '@/lib/core/errors';
import { inTransaction } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { announcePipeline, lockPipeline, unknownPipeline } from './require-pipeline';
import { type CreatePipeline, type ListPipelines, type PipelineRow, type PipelineView, type UpdatePipeline } from './schema';
import { emptySpec } from './spec';
import * as store from './store';
import { readSpec } from './upgrade';

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
  announcePipeline(ctx, id);
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
    const before = await lockPipeline(tx, ctx, slug);
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
  announcePipeline(ctx, id);
  return getPipeline(ctx, slug);
}

/**
 * deletePipeline removes an archived pipeline with its draft and versions; its runs stay in the history.
 * @throws AppError conflict when it is not archived or still runs
 */
export async function deletePipeline(ctx: Context, slug: string): Promise<void> {
  authorize(ctx, 'pipeline:delete');
  const id = await inTransaction(async (tx) => {
    const before = await lockPipeline(tx, ctx, slug);
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
  announcePipeline(ctx, id);
}
