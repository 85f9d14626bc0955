import { type Json, type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { outlast } from '@/lib/db/outage';
import { type Subruns, type TableRef } from '@/lib/executor/server';
import { cancelRun, childRun, createRun, newestEnded, runResult } from '@/lib/runs/server';
import { systemContext } from '@/lib/tenancy/server';
import type { ClaimedTask } from '@/lib/dispatch/server';
import type { RunWatch } from './run-watch';

/** Pipelines that call each other may nest this deep; a loop of them ends here with a sentence. */
const DEEPEST = 20;

/** subrunsOf lets one attempt start and await runs of other pipelines. A retry finds the run that the attempt before it started. */
export function subrunsOf(claimed: ClaimedTask, watch: RunWatch): Subruns {
  const context = async () => {
    const workspace = await prisma().workspace.findUniqueOrThrow({ where: { id: claimed.workspace_id }, select: { id: true, slug: true, name: true } });
    return systemContext(workspace, new Date());
  };
  return {
    // done twice after an outage it finds the run of the first time
    start: ({ pipeline, params }: { pipeline: string; params: JsonObject }) => outlast(async () => {
      const known = await childRun(claimed.run_id, claimed.ordinal, claimed.cleared_at_attempt);
      if (known) return { runId: known };
      const run = await createRun(await context(), {
        pipelineSlug: pipeline,
        params,
        trigger: { kind: 'subpipeline', id: claimed.run_id },
        parent: { runId: claimed.run_id, ordinal: claimed.ordinal, deepest: DEEPEST },
      });
      return { runId: run.id };
    }),
    wait: async (runId, signal): Promise<{ state: string; output: Json; table: TableRef | null }> => {
      const run = await watch.ended(runId, signal);
      return { state: run.state, ...(await outlast(() => runResult(runId), signal)) };
    },
    find: (request) => newestEnded(claimed.workspace_id, request),
    cancel: async (runId) => {
      await outlast(async () => void (await cancelRun(await context(), runId)));
    },
  };
}
