import { notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { notify } from '@/lib/db/notify';
import { type Tx } from '@/lib/db/transaction';
import { authorize, type Context } from '@/lib/tenancy/server';
import * as store from './store';

/** unknownPipeline is the refusal of a slug that no pipeline of the workspace has. */
export const unknownPipeline = (slug: string) => notFound('pipeline', slug);

/** announcePipeline tells whoever watches that a pipeline changed. */
export const announcePipeline = (ctx: Context, id: string) =>
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

/** lockPipeline reads a pipeline's row under its lock, for a change. @throws AppError not_found */
export async function lockPipeline(tx: Tx, ctx: Context, slug: string): Promise<store.StoredPipeline> {
  const found = await store.lockPipeline(tx, ctx.workspaceId, slug);
  if (!found) throw unknownPipeline(slug);
  return found;
}
