import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { type DraftSpec } from '@/lib/pipeline';
import { type TestContext } from './factories';

let counter = 0;

/** publishSpec stores a pipeline whose only version is this spec, without the editor's ceremony. */
export async function publishSpec(ctx: TestContext, spec: Partial<DraftSpec>): Promise<{ id: string; slug: string; versionId: string }> {
  const slug = `pipeline_${(counter += 1)}`;
  const id = newId();
  const versionId = newId();
  const whole = structuredClone<object>({ schemaVersion: 1, params: [], tasks: [], edges: [], triggers: [], settings: {}, layout: {}, ...spec });
  const { maxActiveTasks = null, maxActiveRuns = null } = (spec.settings ?? {}) as { maxActiveTasks?: number; maxActiveRuns?: number };
  await prisma().pipeline.create({ data: { id, workspaceId: ctx.workspaceId, slug, name: slug, draft: whole, currentVersion: 1, maxActiveTasks, maxActiveRuns } });
  await prisma().pipelineVersion.create({
    data: { id: versionId, workspaceId: ctx.workspaceId, pipelineId: id, number: 1, spec: whole, hash: versionId, authorName: ctx.actor.name },
  });
  return { id, slug, versionId };
}
