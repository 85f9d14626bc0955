import type { Metadata } from 'next';
import { RunScreen } from '@/components/runs/page/run-screen';
import type { RunData } from '@/components/runs/page/run-data';
import { plainSentence, runSentence } from '@/components/runs/page/run-sentence';
import { pageContext } from '@/lib/http/page-context';
import { getRun, getRunSpec } from '@/lib/runs/server';
import { notFoundAs404 } from '../../not-found-as-404';

type Props = { params: Promise<{ workspace: string; id: string }> };

/** generateMetadata puts what happened into the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace, id } = await params;
  const run = await notFoundAs404(getRun(await pageContext(workspace), id));
  const sentence = runSentence(
    run.state,
    run.tasks.map((task) => ({ ...task, name: task.taskId })),
  );
  return { title: `${run.pipeline}: ${plainSentence(sentence)}` };
}

/** RunPage answers what happened in a run, and what to do now. */
export default async function RunPage({ params }: Props) {
  const { workspace, id } = await params;
  const ctx = await pageContext(workspace);
  const run = await notFoundAs404(getRun(ctx, id));
  const spec = await getRunSpec(ctx, id);
  return <RunScreen key={id} initial={JSON.parse(JSON.stringify(run)) as RunData} spec={spec} />;
}
