import type { Metadata } from 'next';
import { Editor } from '@/components/canvas';
import { pageContext } from '@/lib/http/page-context';
import { validate } from '@/lib/pipeline';
import { gatherFacts, getPipeline, getVersion } from '@/lib/pipeline/server';
import { may } from '@/lib/tenancy';

type Props = { params: Promise<{ workspace: string; slug: string }> };

/** generateMetadata names the tab after the pipeline. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).slug}, editor` };
}

/** EditorPage opens the draft of a pipeline with the version that it stands on and what is wrong with it. */
export default async function EditorPage({ params }: Props) {
  const { workspace, slug } = await params;
  const ctx = await pageContext(workspace);
  const pipeline = await getPipeline(ctx, slug);
  const { spec, revision } = pipeline.draft;
  const [facts, published] = await Promise.all([
    gatherFacts(ctx, slug, spec),
    pipeline.currentVersion === null ? null : getVersion(ctx, slug, pipeline.currentVersion),
  ]);
  return (
    <Editor
      key={slug}
      workspace={workspace}
      slug={slug}
      name={pipeline.name}
      draft={{ revision, spec }}
      published={published === null ? null : { version: published.version, spec: published.spec }}
      problems={validate(spec, facts)}
      facts={facts}
      columns={{}}
      readOnly={!may(ctx.role, 'pipeline:write')}
    />
  );
}
