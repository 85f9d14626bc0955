import type { PipelineRow } from '@/components/pipelines/pipeline-columns';
import { listPipelines } from '@/lib/pipeline/server';
import type { Context } from '@/lib/tenancy/server';

type Found = Awaited<ReturnType<typeof listPipelines>>['items'][number];

/** pipelineRow is a pipeline as lists draw it. */
export const pipelineRow = (p: Found): PipelineRow => ({
  slug: p.slug,
  name: p.name,
  tags: p.tags,
  owner: p.owner,
  paused: p.paused,
  archived: p.archived,
  currentVersion: p.currentVersion,
  lastRuns: p.lastRuns,
});

/** allPipelines reads up to 200 pipelines that are not archived, for pages that need them all at once. */
export async function allPipelines(ctx: Context): Promise<PipelineRow[]> {
  return (await listPipelines(ctx, { limit: 200 })).items.map(pipelineRow);
}
