import { cache } from 'react';
import type { PipelineHeadView } from '@/components/pipelines/pipeline-head';
import { notFoundAs404 } from '../../not-found-as-404';
import { pageContext } from '@/lib/http/page-context';
import { getPipeline, getVersion } from '@/lib/pipeline/server';

/** pipelineView reads one pipeline and its current version for the pages about it; an unknown slug shows "not found". */
export const pipelineView = cache(async (workspace: string, slug: string) => {
  const ctx = await pageContext(workspace);
  const pipeline = await notFoundAs404(getPipeline(ctx, slug));
  const version =
    pipeline.currentVersion === null ? null : await getVersion(ctx, slug, pipeline.currentVersion);
  const head: PipelineHeadView = {
    slug: pipeline.slug,
    name: pipeline.name,
    paused: pipeline.paused,
    archived: pipeline.archived,
    currentVersion: pipeline.currentVersion,
    params: version?.spec.params ?? [],
  };
  return { ctx, pipeline, version, head };
});
