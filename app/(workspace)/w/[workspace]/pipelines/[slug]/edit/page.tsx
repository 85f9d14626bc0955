import type { Metadata } from 'next';
import { Editor } from '@/components/canvas';
import { specTables } from '@/lib/lineage/server';
import { validate } from '@/lib/pipeline';
import { gatherFacts } from '@/lib/pipeline/server';
import { may } from '@/lib/tenancy';
import { pipelineView } from '../view';

type Props = { params: Promise<{ workspace: string; slug: string }> };

/** generateMetadata names the tab after the pipeline. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).slug}, editor` };
}

/** EditorPage opens the draft of a pipeline with the version that it stands on and what is wrong with it. */
export default async function EditorPage({ params }: Props) {
  const { workspace, slug } = await params;
  const { ctx, pipeline, version } = await pipelineView(workspace, slug);
  const { spec, revision, savedAt } = pipeline.draft;
  const [facts, tables] = await Promise.all([gatherFacts(ctx, slug, spec), specTables(ctx, slug, spec)]);
  return (
    <Editor
      key={slug}
      workspace={workspace}
      slug={slug}
      name={pipeline.name}
      draft={{ revision, spec, savedAt: savedAt.getTime() }}
      published={version === null ? null : { version: version.version, spec: version.spec }}
      problems={validate(spec, { ...facts, sql: tables.sql })}
      facts={facts}
      columns={tables.columns}
      readOnly={!may(ctx.role, 'pipeline:write')}
    />
  );
}
