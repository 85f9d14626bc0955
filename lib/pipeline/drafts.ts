import { type AppError, conflict } from '@/lib/core/errors';
import { inTransaction } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { diffSpecs, type SpecDiff } from './diff';
import { gatherFacts, type FactSources } from './facts';
import { hashSpec } from './hash';
import { type Problem } from './problems';
import { announcePipeline, lockPipeline, requirePipeline } from './require-pipeline';
import { type SavedDraft } from './schema';
import { type DraftSpec } from './spec';
import * as store from './store';
import { readSpec } from './upgrade';
import { validate } from './validate';

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
    const before = await lockPipeline(tx, ctx, slug);
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
  if (saved.wrote) announcePipeline(ctx, saved.id);
  return { revision: saved.revision, problems: await problemsOf(ctx, slug, spec, sources) };
}

/** draftConflict refuses a change of a draft that somebody saved meanwhile, and shows theirs. */
export function draftConflict(stored: store.StoredPipeline, base: number): AppError {
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

/** sameSpec tells whether a stored spec and another one are the same, layout too. */
export const sameSpec = (stored: unknown, spec: DraftSpec): boolean => {
  const before = readSpec(stored);
  return hashSpec(before) === hashSpec(spec) && !diffSpecs(before, spec).layoutChanged;
};

/** draftSummary tells the audit what a change of a spec did. */
export const draftSummary = (diff: SpecDiff) => ({
  changes: diff.count,
  added: diff.tasks.added.map((task) => task.taskId),
  removed: diff.tasks.removed.map((task) => task.taskId),
  changed: diff.tasks.changed.map((task) => task.taskId),
});

/** problemsOf validates a spec with what the server knows of the workspace. */
export async function problemsOf(
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
