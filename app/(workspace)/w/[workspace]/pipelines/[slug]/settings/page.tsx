import type { Metadata } from 'next';
import { PipelineHead } from '@/components/pipelines/pipeline-head';
import { PipelineSettings } from '@/components/pipelines/pipeline-settings';
import { PageBody } from '@/components/ui/page-head';
import { pipelineView } from '../view';

export const metadata: Metadata = { title: 'Settings' };

/** PipelineSettingsPage changes a pipeline's name, tags and owner, and takes it out of use. */
export default async function PipelineSettingsPage({
  params,
}: {
  params: Promise<{ workspace: string; slug: string }>;
}) {
  const { workspace, slug } = await params;
  const { pipeline, head } = await pipelineView(workspace, slug);
  return (
    <>
      <PipelineHead pipeline={head} current="settings" />
      <PageBody className="max-w-[720px]">
        <PipelineSettings
          pipeline={{
            slug: pipeline.slug,
            name: pipeline.name,
            tags: pipeline.tags,
            owner: pipeline.owner?.email ?? null,
            archived: pipeline.archived,
          }}
        />
      </PageBody>
    </>
  );
}
